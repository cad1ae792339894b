import uuid

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from dermatwin.workbench.together import CreateTogether


class Migration(migrations.Migration):
    dependencies = [
        ("workbench", "0001_users"),
        # Those of others that come first only because they are quicker while there are few tables.
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.CharField(max_length=32, verbose_name="when, UTC")),
                        ("user", models.CharField(blank=True, max_length=36, verbose_name="id of the user")),
                        ("name", models.CharField(blank=True, max_length=120)),
                        ("role", models.CharField(blank=True, max_length=20)),
                        ("action", models.CharField(max_length=30)),
                        ("what", models.CharField(max_length=60, verbose_name="page or kind of record")),
                        (
                            "record",
                            models.CharField(blank=True, db_index=True, max_length=36, verbose_name="id of the record"),
                        ),
                        (
                            "patient",
                            models.CharField(blank=True, db_index=True, max_length=36, verbose_name="id of the patient"),
                        ),
                        ("details", models.TextField(blank=True)),
                        ("previous", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64, unique=True)),
                    ],
                    options={"ordering": ["number"]},
                ),
                migrations.CreateModel(
                    name="CartridgeLot",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("name", models.CharField(max_length=100)),
                        ("lot", models.CharField(db_index=True, max_length=60, verbose_name="lot number")),
                        ("needles", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="needles in one")),
                        ("expires_on", models.DateField()),
                        ("received", models.PositiveIntegerField(verbose_name="pieces received")),
                        ("recalled_on", models.DateField(blank=True, null=True)),
                        ("recall_note", models.CharField(blank=True, max_length=300)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "expires_on"],
                        "constraints": [models.UniqueConstraint(fields=("name", "lot"), name="one_row_for_a_cartridge_lot")],
                    },
                ),
                migrations.CreateModel(
                    name="Cartridge",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("code", models.CharField(max_length=60, verbose_name="number on the pouch")),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pieces",
                                to="workbench.cartridgelot",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("lot", "code"), name="one_row_for_a_cartridge")]
                    },
                ),
                migrations.CreateModel(
                    name="Clinic",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("name", models.CharField(max_length=120)),
                        ("address", models.TextField(blank=True, max_length=500)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        (
                            "made_up",
                            models.BooleanField(
                                default=False, editable=False, verbose_name="a made-up clinic to look around in"
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="ConsentText",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("treatment", "treatment"), ("photo", "photographs"), ("data", "data")],
                                max_length=10,
                            ),
                        ),
                        ("language", models.CharField(default="en", max_length=5)),
                        ("edition", models.PositiveSmallIntegerField(verbose_name="version")),
                        ("title", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        ("sha256", models.CharField(editable=False, max_length=64)),
                        ("retired_on", models.DateField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "language", "-edition"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "language", "edition"), name="one_edition_of_a_consent_text"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Patient",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("number", models.CharField(max_length=30, unique=True, verbose_name="file number")),
                        ("family_name", models.CharField(max_length=100)),
                        ("given_name", models.CharField(max_length=100, verbose_name="first name")),
                        ("family_key", models.CharField(db_index=True, editable=False, max_length=100)),
                        ("given_key", models.CharField(db_index=True, editable=False, max_length=100)),
                        ("birth_date", models.DateField(verbose_name="date of birth")),
                        ("sex", models.CharField(choices=[("female", "female"), ("male", "male")], max_length=6)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("address", models.TextField(blank=True, max_length=500)),
                        ("language", models.CharField(default="en", max_length=5, verbose_name="language of the sheets")),
                        ("note", models.TextField(blank=True, max_length=1000, verbose_name="note of the front desk")),
                        ("closed_on", models.DateField(blank=True, null=True, verbose_name="file closed on")),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["family_key", "given_key", "id"],
                        "indexes": [
                            models.Index(fields=["family_key", "given_key", "id"], name="workbench_p_family__48b3d7_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consultation",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("day", models.DateField()),
                        (
                            "phototype",
                            models.CharField(
                                choices=[("I", "I"), ("II", "II"), ("III", "III"), ("IV", "IV"), ("V", "V"), ("VI", "VI")],
                                max_length=3,
                            ),
                        ),
                        (
                            "body_weight_kg",
                            models.DecimalField(
                                blank=True,
                                decimal_places=1,
                                max_digits=5,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(20),
                                    django.core.validators.MaxValueValidator(350),
                                ],
                                verbose_name="body weight in kg",
                            ),
                        ),
                        ("smoker", models.BooleanField(default=False, verbose_name="smokes")),
                        ("pregnant", models.BooleanField(default=False)),
                        ("breastfeeding", models.BooleanField(default=False)),
                        (
                            "sun",
                            models.CharField(
                                choices=[("protected", "protects the skin"), ("usual", "usual"), ("strong", "strong sun")],
                                default="usual",
                                max_length=10,
                            ),
                        ),
                        (
                            "wish",
                            models.TextField(
                                blank=True, max_length=1000, verbose_name="what the person wishes, in their words"
                            ),
                        ),
                        ("note", models.TextField(blank=True, max_length=2000)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consultations",
                                to="workbench.patient",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-day", "-made_at"],
                        "indexes": [models.Index(fields=["patient", "-day"], name="workbench_c_patient_60c88c_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("question", models.CharField(max_length=60)),
                        ("answer", models.CharField(choices=[("yes", "yes"), ("no", "no")], max_length=3)),
                        ("which", models.CharField(blank=True, max_length=120)),
                        ("since", models.DateField(blank=True, null=True)),
                        ("until", models.DateField(blank=True, null=True)),
                        ("zone", models.CharField(blank=True, max_length=60, verbose_name="where")),
                        ("note", models.CharField(blank=True, max_length=200)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="workbench.consultation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("consultation", "question"), name="one_answer_to_a_question")
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="Device",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("catalogue", models.CharField(max_length=100, verbose_name="device of the catalogue")),
                        ("label", models.CharField(max_length=100, verbose_name="what it is called here")),
                        ("serial", models.CharField(max_length=100, unique=True, verbose_name="serial number")),
                        ("cleared_for", models.CharField(blank=True, max_length=200, verbose_name="cleared or marked for")),
                        ("serviced_on", models.DateField(blank=True, null=True, verbose_name="last service")),
                        ("service_due", models.DateField(blank=True, null=True, verbose_name="next service")),
                        ("retired_on", models.DateField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"ordering": ["label"]},
                ),
                migrations.CreateModel(
                    name="Erasure",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("patient", models.UUIDField(db_index=True, verbose_name="id of the person")),
                        ("reason", models.CharField(max_length=300)),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("refused_at", models.DateTimeField(null=True)),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={"ordering": ["-asked_at"]},
                ),
                migrations.CreateModel(
                    name="HistoricalAnswer",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("question", models.CharField(max_length=60)),
                        ("answer", models.CharField(choices=[("yes", "yes"), ("no", "no")], max_length=3)),
                        ("which", models.CharField(blank=True, max_length=120)),
                        ("since", models.DateField(blank=True, null=True)),
                        ("until", models.DateField(blank=True, null=True)),
                        ("zone", models.CharField(blank=True, max_length=60, verbose_name="where")),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical answer",
                        "verbose_name_plural": "historical answers",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCartridge",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("code", models.CharField(max_length=60, verbose_name="number on the pouch")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.cartridgelot",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical cartridge",
                        "verbose_name_plural": "historical cartridges",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCartridgeLot",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("name", models.CharField(max_length=100)),
                        ("lot", models.CharField(db_index=True, max_length=60, verbose_name="lot number")),
                        ("needles", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="needles in one")),
                        ("expires_on", models.DateField()),
                        ("received", models.PositiveIntegerField(verbose_name="pieces received")),
                        ("recalled_on", models.DateField(blank=True, null=True)),
                        ("recall_note", models.CharField(blank=True, max_length=300)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical cartridge lot",
                        "verbose_name_plural": "historical cartridge lots",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalClinic",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("name", models.CharField(max_length=120)),
                        ("address", models.TextField(blank=True, max_length=500)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        (
                            "made_up",
                            models.BooleanField(
                                default=False, editable=False, verbose_name="a made-up clinic to look around in"
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical clinic",
                        "verbose_name_plural": "historical clinics",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalConsentText",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("treatment", "treatment"), ("photo", "photographs"), ("data", "data")],
                                max_length=10,
                            ),
                        ),
                        ("language", models.CharField(default="en", max_length=5)),
                        ("edition", models.PositiveSmallIntegerField(verbose_name="version")),
                        ("title", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        ("sha256", models.CharField(editable=False, max_length=64)),
                        ("retired_on", models.DateField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical consent text",
                        "verbose_name_plural": "historical consent texts",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalDevice",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("catalogue", models.CharField(max_length=100, verbose_name="device of the catalogue")),
                        ("label", models.CharField(max_length=100, verbose_name="what it is called here")),
                        ("serial", models.CharField(db_index=True, max_length=100, verbose_name="serial number")),
                        ("cleared_for", models.CharField(blank=True, max_length=200, verbose_name="cleared or marked for")),
                        ("serviced_on", models.DateField(blank=True, null=True, verbose_name="last service")),
                        ("service_due", models.DateField(blank=True, null=True, verbose_name="next service")),
                        ("retired_on", models.DateField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical device",
                        "verbose_name_plural": "historical devices",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalJudgement",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("about", models.CharField(max_length=200)),
                        ("reading", models.CharField(max_length=60)),
                        ("reason", models.TextField(max_length=2000)),
                        ("day", models.DateField()),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical judgement",
                        "verbose_name_plural": "historical judgements",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalOverride",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("rule", models.CharField(max_length=200)),
                        ("title", models.CharField(max_length=200)),
                        ("reason", models.TextField(max_length=2000)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical override",
                        "verbose_name_plural": "historical overrides",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPatient",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("number", models.CharField(db_index=True, max_length=30, verbose_name="file number")),
                        ("family_name", models.CharField(max_length=100)),
                        ("given_name", models.CharField(max_length=100, verbose_name="first name")),
                        ("family_key", models.CharField(db_index=True, editable=False, max_length=100)),
                        ("given_key", models.CharField(db_index=True, editable=False, max_length=100)),
                        ("birth_date", models.DateField(verbose_name="date of birth")),
                        ("sex", models.CharField(choices=[("female", "female"), ("male", "male")], max_length=6)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("address", models.TextField(blank=True, max_length=500)),
                        ("language", models.CharField(default="en", max_length=5, verbose_name="language of the sheets")),
                        ("note", models.TextField(blank=True, max_length=1000, verbose_name="note of the front desk")),
                        ("closed_on", models.DateField(blank=True, null=True, verbose_name="file closed on")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical patient",
                        "verbose_name_plural": "historical patients",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalProduct",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("name", models.CharField(db_index=True, max_length=100)),
                        ("catalogue", models.CharField(blank=True, max_length=100, verbose_name="product of the catalogue")),
                        ("retired_on", models.DateField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical product",
                        "verbose_name_plural": "historical products",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalScreeningResult",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("verdict", models.CharField(max_length=10)),
                        ("complete", models.BooleanField()),
                        ("findings", models.JSONField(default=list)),
                        ("not_asked", models.JSONField(default=list)),
                        ("case_text", models.TextField()),
                        ("case_sha256", models.CharField(max_length=64)),
                        ("dermatwin_version", models.CharField(max_length=40)),
                        ("evidence_version", models.CharField(max_length=80)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical screening result",
                        "verbose_name_plural": "historical screening results",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalZone",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("site", models.CharField(max_length=60)),
                        (
                            "side",
                            models.CharField(
                                blank=True, choices=[("", "whole"), ("left", "left"), ("right", "right")], max_length=5
                            ),
                        ),
                        (
                            "area_cm2",
                            models.DecimalField(
                                decimal_places=1,
                                max_digits=6,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3000),
                                ],
                                verbose_name="area in cm²",
                            ),
                        ),
                        (
                            "hydration",
                            models.CharField(
                                choices=[("dry", "dry"), ("usual", "usual"), ("hydrated", "hydrated")],
                                default="usual",
                                max_length=10,
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical zone",
                        "verbose_name_plural": "historical zones",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Judgement",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("about", models.CharField(max_length=200)),
                        ("reading", models.CharField(max_length=60)),
                        ("reason", models.TextField(max_length=2000)),
                        ("day", models.DateField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="judgements",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="Override",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("rule", models.CharField(max_length=200)),
                        ("title", models.CharField(max_length=200)),
                        ("reason", models.TextField(max_length=2000)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="overrides",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"ordering": ["made_at"]},
                ),
                migrations.CreateModel(
                    name="Import",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "kind",
                            models.CharField(choices=[("fhir", "FHIR R4 bundle"), ("case", "case file")], max_length=10),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "to be reviewed"), ("done", "reviewed"), ("refused", "could not be read")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("file_name", models.CharField(blank=True, max_length=200)),
                        ("content", models.TextField(blank=True)),
                        ("sha256", models.CharField(max_length=64)),
                        ("said", models.TextField(blank=True, verbose_name="what was wrong")),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="imports",
                                to="workbench.patient",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="HistoryItem",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("condition", "condition"),
                                    ("medication", "medicine"),
                                    ("allergy", "allergy"),
                                    ("procedure", "procedure"),
                                    ("unknown", "not known"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("text", models.CharField(max_length=200, verbose_name="what it is")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "present"),
                                    ("past", "over"),
                                    ("denied", "does not have it"),
                                    ("family", "in the family"),
                                ],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        ("since", models.DateField(blank=True, null=True)),
                        ("until", models.DateField(blank=True, null=True)),
                        ("zone", models.CharField(blank=True, max_length=60, verbose_name="where")),
                        ("note", models.CharField(blank=True, max_length=500)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("told", "told by the person"),
                                    ("document", "seen in a document"),
                                    ("import", "imported record"),
                                ],
                                default="told",
                                max_length=10,
                            ),
                        ),
                        ("code_system", models.CharField(blank=True, editable=False, max_length=100)),
                        ("code", models.CharField(blank=True, editable=False, max_length=60)),
                        ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                        ("dismissed", models.CharField(blank=True, max_length=200, verbose_name="why it does not count")),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brought_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="workbench.import",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="workbench.patient"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "made_at"],
                        "indexes": [models.Index(fields=["patient", "kind"], name="workbench_h_patient_cc9c25_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalImport",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        (
                            "kind",
                            models.CharField(choices=[("fhir", "FHIR R4 bundle"), ("case", "case file")], max_length=10),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "to be reviewed"), ("done", "reviewed"), ("refused", "could not be read")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("file_name", models.CharField(blank=True, max_length=200)),
                        ("content", models.TextField(blank=True)),
                        ("sha256", models.CharField(max_length=64)),
                        ("said", models.TextField(blank=True, verbose_name="what was wrong")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical import",
                        "verbose_name_plural": "historical imports",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalHistoryItem",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("condition", "condition"),
                                    ("medication", "medicine"),
                                    ("allergy", "allergy"),
                                    ("procedure", "procedure"),
                                    ("unknown", "not known"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("text", models.CharField(max_length=200, verbose_name="what it is")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("active", "present"),
                                    ("past", "over"),
                                    ("denied", "does not have it"),
                                    ("family", "in the family"),
                                ],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        ("since", models.DateField(blank=True, null=True)),
                        ("until", models.DateField(blank=True, null=True)),
                        ("zone", models.CharField(blank=True, max_length=60, verbose_name="where")),
                        ("note", models.CharField(blank=True, max_length=500)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("told", "told by the person"),
                                    ("document", "seen in a document"),
                                    ("import", "imported record"),
                                ],
                                default="told",
                                max_length=10,
                            ),
                        ),
                        ("code_system", models.CharField(blank=True, editable=False, max_length=100)),
                        ("code", models.CharField(blank=True, editable=False, max_length=60)),
                        ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                        ("dismissed", models.CharField(blank=True, max_length=200, verbose_name="why it does not count")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "brought_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.import",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical history item",
                        "verbose_name_plural": "historical history items",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalConsultation",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("day", models.DateField()),
                        (
                            "phototype",
                            models.CharField(
                                choices=[("I", "I"), ("II", "II"), ("III", "III"), ("IV", "IV"), ("V", "V"), ("VI", "VI")],
                                max_length=3,
                            ),
                        ),
                        (
                            "body_weight_kg",
                            models.DecimalField(
                                blank=True,
                                decimal_places=1,
                                max_digits=5,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(20),
                                    django.core.validators.MaxValueValidator(350),
                                ],
                                verbose_name="body weight in kg",
                            ),
                        ),
                        ("smoker", models.BooleanField(default=False, verbose_name="smokes")),
                        ("pregnant", models.BooleanField(default=False)),
                        ("breastfeeding", models.BooleanField(default=False)),
                        (
                            "sun",
                            models.CharField(
                                choices=[("protected", "protects the skin"), ("usual", "usual"), ("strong", "strong sun")],
                                default="usual",
                                max_length=10,
                            ),
                        ),
                        (
                            "wish",
                            models.TextField(
                                blank=True, max_length=1000, verbose_name="what the person wishes, in their words"
                            ),
                        ),
                        ("note", models.TextField(blank=True, max_length=2000)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical consultation",
                        "verbose_name_plural": "historical consultations",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="ScreeningResult",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("verdict", models.CharField(max_length=10)),
                        ("complete", models.BooleanField()),
                        ("findings", models.JSONField(default=list)),
                        ("not_asked", models.JSONField(default=list)),
                        ("case_text", models.TextField()),
                        ("case_sha256", models.CharField(max_length=64)),
                        ("dermatwin_version", models.CharField(max_length=40)),
                        ("evidence_version", models.CharField(max_length=80)),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="screenings",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"ordering": ["-made_at"]},
                ),
                migrations.CreateModel(
                    name="Search",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("running", "running"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                    ("stopped", "stopped"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("share", models.FloatField(default=0.0, verbose_name="share done")),
                        ("doing", models.CharField(blank=True, max_length=200)),
                        ("said", models.TextField(blank=True, verbose_name="why it failed")),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("case_text", models.TextField()),
                        ("budget", models.PositiveIntegerField(default=60)),
                        ("draws", models.PositiveIntegerField(default=60)),
                        ("seed", models.PositiveIntegerField(default=1)),
                        ("result", models.JSONField(default=dict)),
                        ("reason", models.TextField(blank=True, verbose_name="why nothing is offered")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="searches",
                                to="workbench.consultation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-asked_at"],
                        "abstract": False,
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "running"])),
                                fields=["state"],
                                name="search_under_way",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Plan",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("usual", "literature's usual course"),
                                    ("search", "found for this person"),
                                    ("own", "made by hand"),
                                    ("import", "imported case"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("course", models.TextField(blank=True, verbose_name="the course in words")),
                        ("offer", models.JSONField(default=dict, verbose_name="what it is worth")),
                        ("case_text", models.TextField()),
                        ("case_sha256", models.CharField(max_length=64)),
                        ("start", models.DateField(verbose_name="first session")),
                        ("signed_at", models.DateTimeField(blank=True, null=True)),
                        ("signed_name", models.CharField(blank=True, max_length=120)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="set aside")),
                        (
                            "consultation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plans",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="workbench.patient"
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "supersedes",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="superseded_by",
                                to="workbench.plan",
                            ),
                        ),
                        (
                            "screening",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plans",
                                to="workbench.screeningresult",
                            ),
                        ),
                        (
                            "search",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plans",
                                to="workbench.search",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-made_at"],
                        "indexes": [models.Index(fields=["patient", "-made_at"], name="workbench_p_patient_ebb52f_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("signed_at", None), ("signed_by", None), ("signed_name", "")),
                                    models.Q(
                                        ("signed_at__isnull", False),
                                        ("signed_by__isnull", False),
                                        models.Q(("signed_name", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="signed_by_somebody_with_a_name",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("text_sha256", models.CharField(max_length=64)),
                        ("given_at", models.DateTimeField()),
                        ("signed_name", models.CharField(max_length=120, verbose_name="signed by")),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "witnessed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "text",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="workbench.consenttext",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="workbench.patient"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="workbench.plan",
                            ),
                        ),
                    ],
                    options={"ordering": ["-given_at"]},
                ),
                migrations.CreateModel(
                    name="HistoricalSession",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("number", models.PositiveSmallIntegerField()),
                        ("planned_for", models.DateField(db_index=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "planned"),
                                    ("under_way", "under way"),
                                    ("done", "done"),
                                    ("missed", "missed"),
                                    ("dropped", "dropped for another plan"),
                                ],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        ("checklist", models.JSONField(default=dict)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("note", models.TextField(blank=True, max_length=2000)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "cartridge",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.cartridge",
                            ),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consent",
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.device",
                            ),
                        ),
                        (
                            "held_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.plan",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical session",
                        "verbose_name_plural": "historical sessions",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalConsent",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("text_sha256", models.CharField(max_length=64)),
                        ("given_at", models.DateTimeField()),
                        ("signed_name", models.CharField(max_length=120, verbose_name="signed by")),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "text",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consenttext",
                            ),
                        ),
                        (
                            "witnessed_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.plan",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical consent",
                        "verbose_name_plural": "historical consents",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Product",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("name", models.CharField(max_length=100, unique=True)),
                        ("catalogue", models.CharField(blank=True, max_length=100, verbose_name="product of the catalogue")),
                        ("retired_on", models.DateField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"ordering": ["name"]},
                ),
                migrations.CreateModel(
                    name="HistoricalProductLot",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("lot", models.CharField(db_index=True, max_length=60, verbose_name="lot number")),
                        ("expires_on", models.DateField()),
                        ("opened_on", models.DateField(blank=True, null=True)),
                        ("recalled_on", models.DateField(blank=True, null=True)),
                        ("recall_note", models.CharField(blank=True, max_length=300)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical product lot",
                        "verbose_name_plural": "historical product lots",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="ProductLot",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("lot", models.CharField(db_index=True, max_length=60, verbose_name="lot number")),
                        ("expires_on", models.DateField()),
                        ("opened_on", models.DateField(blank=True, null=True)),
                        ("recalled_on", models.DateField(blank=True, null=True)),
                        ("recall_note", models.CharField(blank=True, max_length=300)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="workbench.product"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["expires_on"],
                        "constraints": [
                            models.UniqueConstraint(fields=("product", "lot"), name="one_row_for_a_product_lot")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Run",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("running", "running"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                    ("stopped", "stopped"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("share", models.FloatField(default=0.0, verbose_name="share done")),
                        ("doing", models.CharField(blank=True, max_length=200)),
                        ("said", models.TextField(blank=True, verbose_name="why it failed")),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("case_text", models.TextField()),
                        ("draws", models.PositiveIntegerField(default=200)),
                        ("seed", models.PositiveIntegerField(default=1)),
                        ("dermatwin_version", models.CharField(blank=True, max_length=40)),
                        ("summary_sha256", models.CharField(blank=True, max_length=64, verbose_name="hash of summary.json")),
                        ("verdict", models.CharField(blank=True, max_length=10)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="workbench.plan"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-asked_at"],
                        "abstract": False,
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "running"])),
                                fields=["state"],
                                name="run_under_way",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Forecast",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("running", "running"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                    ("stopped", "stopped"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("share", models.FloatField(default=0.0, verbose_name="share done")),
                        ("doing", models.CharField(blank=True, max_length=200)),
                        ("said", models.TextField(blank=True, verbose_name="why it failed")),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("case_text", models.TextField()),
                        ("draws", models.PositiveIntegerField(default=200)),
                        ("seed", models.PositiveIntegerField(default=1)),
                        ("observations", models.JSONField(default=list)),
                        ("result", models.JSONField(default=dict)),
                        ("dermatwin_version", models.CharField(blank=True, max_length=40)),
                        ("result_sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="forecasts", to="workbench.plan"
                            ),
                        ),
                        (
                            "prior",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="forecasts",
                                to="workbench.run",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-asked_at"],
                        "abstract": False,
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "running"])),
                                fields=["state"],
                                name="forecast_under_way",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalPlan",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("usual", "literature's usual course"),
                                    ("search", "found for this person"),
                                    ("own", "made by hand"),
                                    ("import", "imported case"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("course", models.TextField(blank=True, verbose_name="the course in words")),
                        ("offer", models.JSONField(default=dict, verbose_name="what it is worth")),
                        ("case_text", models.TextField()),
                        ("case_sha256", models.CharField(max_length=64)),
                        ("start", models.DateField(verbose_name="first session")),
                        ("signed_at", models.DateTimeField(blank=True, null=True)),
                        ("signed_name", models.CharField(blank=True, max_length=120)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="set aside")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "supersedes",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.plan",
                            ),
                        ),
                        (
                            "screening",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.screeningresult",
                            ),
                        ),
                        (
                            "search",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.search",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical plan",
                        "verbose_name_plural": "historical plans",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Session",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("number", models.PositiveSmallIntegerField()),
                        ("planned_for", models.DateField(db_index=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "planned"),
                                    ("under_way", "under way"),
                                    ("done", "done"),
                                    ("missed", "missed"),
                                    ("dropped", "dropped for another plan"),
                                ],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        ("checklist", models.JSONField(default=dict)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("note", models.TextField(blank=True, max_length=2000)),
                        (
                            "cartridge",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="session",
                                to="workbench.cartridge",
                            ),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sessions",
                                to="workbench.consent",
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sessions",
                                to="workbench.device",
                            ),
                        ),
                        (
                            "held_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="workbench.patient"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="workbench.plan"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["planned_for"],
                        "indexes": [models.Index(fields=["patient", "-planned_for"], name="workbench_s_patient_145d04_idx")],
                        "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="one_session_of_a_number")],
                    },
                ),
                migrations.CreateModel(
                    name="Photo",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "view",
                            models.CharField(
                                choices=[
                                    ("front", "front"),
                                    ("left", "left profile"),
                                    ("right", "right profile"),
                                    ("left_oblique", "left at 45°"),
                                    ("right_oblique", "right at 45°"),
                                    ("close", "close up"),
                                    ("body", "body"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("taken_at", models.DateTimeField()),
                        ("stored", models.CharField(editable=False, max_length=100, verbose_name="file in the store")),
                        ("sha256", models.CharField(editable=False, max_length=64)),
                        ("width", models.PositiveIntegerField(editable=False)),
                        ("height", models.PositiveIntegerField(editable=False)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        (
                            "consent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="workbench.consent"
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="workbench.patient"
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="photos",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-taken_at"],
                        "indexes": [
                            models.Index(fields=["patient", "view", "taken_at"], name="workbench_p_patient_46b9ff_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Observation",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("quantity", models.CharField(max_length=200)),
                        ("zone", models.CharField(max_length=60)),
                        ("seen_on", models.DateField()),
                        ("value", models.FloatField()),
                        ("unit", models.CharField(max_length=80)),
                        (
                            "read_by",
                            models.CharField(
                                choices=[
                                    ("clinician", "clinician"),
                                    ("patient", "the person"),
                                    ("device", "device"),
                                    ("photo", "photograph"),
                                ],
                                max_length=10,
                                verbose_name="read by",
                            ),
                        ),
                        ("confirmed", models.BooleanField(default=False, verbose_name="asked about and right")),
                        ("note", models.CharField(blank=True, max_length=500)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="observations",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="observations", to="workbench.plan"
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="observations",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["seen_on", "made_at"],
                        "indexes": [models.Index(fields=["patient", "-seen_on"], name="workbench_o_patient_9f4f35_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("token_sha256", models.CharField(max_length=64, unique=True)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="workbench.plan"
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="HistoricalSymptom",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("words", models.CharField(max_length=300, verbose_name="what was noticed")),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("noticed_on", models.DateField()),
                        (
                            "getting",
                            models.CharField(
                                blank=True,
                                choices=[("", "not said"), ("better", "better"), ("same", "the same"), ("worse", "worse")],
                                max_length=6,
                            ),
                        ),
                        ("triage", models.JSONField(default=dict)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.plan",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical symptom",
                        "verbose_name_plural": "historical symptoms",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalSessionZone",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("zone", models.CharField(max_length=60)),
                        (
                            "needle_length_mm",
                            models.DecimalField(decimal_places=2, max_digits=4, verbose_name="needle length in mm"),
                        ),
                        ("passes", models.PositiveSmallIntegerField()),
                        ("used", models.JSONField(blank=True, default=dict, verbose_name="other settings as used")),
                        (
                            "endpoint",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("none", "none"),
                                    ("erythema", "even redness"),
                                    ("pinpoint", "pinpoint bleeding"),
                                    ("bleeding", "bleeding"),
                                ],
                                max_length=10,
                                verbose_name="endpoint seen",
                            ),
                        ),
                        ("deviates", models.BooleanField(default=False)),
                        (
                            "deviation",
                            models.CharField(blank=True, max_length=500, verbose_name="why it differs from the plan"),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical session zone",
                        "verbose_name_plural": "historical session zones",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalSessionProduct",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("grams", models.DecimalField(decimal_places=2, max_digits=6)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.productlot",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical session product",
                        "verbose_name_plural": "historical session products",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPhoto",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        (
                            "view",
                            models.CharField(
                                choices=[
                                    ("front", "front"),
                                    ("left", "left profile"),
                                    ("right", "right profile"),
                                    ("left_oblique", "left at 45°"),
                                    ("right_oblique", "right at 45°"),
                                    ("close", "close up"),
                                    ("body", "body"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("taken_at", models.DateTimeField()),
                        ("stored", models.CharField(editable=False, max_length=100, verbose_name="file in the store")),
                        ("sha256", models.CharField(editable=False, max_length=64)),
                        ("width", models.PositiveIntegerField(editable=False)),
                        ("height", models.PositiveIntegerField(editable=False)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.consent",
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical photo",
                        "verbose_name_plural": "historical photos",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalObservation",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("quantity", models.CharField(max_length=200)),
                        ("zone", models.CharField(max_length=60)),
                        ("seen_on", models.DateField()),
                        ("value", models.FloatField()),
                        ("unit", models.CharField(max_length=80)),
                        (
                            "read_by",
                            models.CharField(
                                choices=[
                                    ("clinician", "clinician"),
                                    ("patient", "the person"),
                                    ("device", "device"),
                                    ("photo", "photograph"),
                                ],
                                max_length=10,
                                verbose_name="read by",
                            ),
                        ),
                        ("confirmed", models.BooleanField(default=False, verbose_name="asked about and right")),
                        ("note", models.CharField(blank=True, max_length=500)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.plan",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical observation",
                        "verbose_name_plural": "historical observations",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalInvitation",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("token_sha256", models.CharField(db_index=True, max_length=64)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.plan",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical invitation",
                        "verbose_name_plural": "historical invitations",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalAppointment",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("at", models.DateTimeField(db_index=True, verbose_name="day and time")),
                        ("minutes", models.PositiveSmallIntegerField(default=45)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("consultation", "consultation"),
                                    ("session", "session"),
                                    ("review", "review"),
                                    ("call", "call"),
                                ],
                                default="consultation",
                                max_length=20,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("expected", "expected"),
                                    ("arrived", "arrived"),
                                    ("done", "done"),
                                    ("missed", "did not come"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="expected",
                                max_length=20,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical appointment",
                        "verbose_name_plural": "historical appointments",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalAdverseEvent",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("kind", models.CharField(max_length=60)),
                        ("noticed_on", models.DateField(db_index=True)),
                        (
                            "grade",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "mild"), (2, "moderate"), (3, "severe"), (4, "life-threatening")]
                            ),
                        ),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("told", models.TextField(max_length=2000, verbose_name="what happened")),
                        ("done", models.TextField(blank=True, max_length=2000, verbose_name="what was done")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("open", "not over"), ("healed", "healed"), ("lasting", "left something behind")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        (
                            "reported_on",
                            models.DateField(
                                blank=True, null=True, verbose_name="reported to the maker or the authority on"
                            ),
                        ),
                        ("closed_on", models.DateField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical adverse event",
                        "verbose_name_plural": "historical adverse events",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Appointment",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("at", models.DateTimeField(db_index=True, verbose_name="day and time")),
                        ("minutes", models.PositiveSmallIntegerField(default=45)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("consultation", "consultation"),
                                    ("session", "session"),
                                    ("review", "review"),
                                    ("call", "call"),
                                ],
                                default="consultation",
                                max_length=20,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("expected", "expected"),
                                    ("arrived", "arrived"),
                                    ("done", "done"),
                                    ("missed", "did not come"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="expected",
                                max_length=20,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to="workbench.patient",
                            ),
                        ),
                        (
                            "session",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointment",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at"],
                        "indexes": [models.Index(fields=["patient", "-at"], name="workbench_a_patient_c06f11_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="AdverseEvent",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("kind", models.CharField(max_length=60)),
                        ("noticed_on", models.DateField(db_index=True)),
                        (
                            "grade",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "mild"), (2, "moderate"), (3, "severe"), (4, "life-threatening")]
                            ),
                        ),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("told", models.TextField(max_length=2000, verbose_name="what happened")),
                        ("done", models.TextField(blank=True, max_length=2000, verbose_name="what was done")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("open", "not over"), ("healed", "healed"), ("lasting", "left something behind")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        (
                            "reported_on",
                            models.DateField(
                                blank=True, null=True, verbose_name="reported to the maker or the authority on"
                            ),
                        ),
                        ("closed_on", models.DateField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="workbench.patient"
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={"ordering": ["-noticed_on"]},
                ),
                migrations.CreateModel(
                    name="SessionProduct",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("grams", models.DecimalField(decimal_places=2, max_digits=6)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        ("removed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="workbench.productlot"
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="products", to="workbench.session"
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="SessionZone",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("zone", models.CharField(max_length=60)),
                        (
                            "needle_length_mm",
                            models.DecimalField(decimal_places=2, max_digits=4, verbose_name="needle length in mm"),
                        ),
                        ("passes", models.PositiveSmallIntegerField()),
                        ("used", models.JSONField(blank=True, default=dict, verbose_name="other settings as used")),
                        (
                            "endpoint",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("none", "none"),
                                    ("erythema", "even redness"),
                                    ("pinpoint", "pinpoint bleeding"),
                                    ("bleeding", "bleeding"),
                                ],
                                max_length=10,
                                verbose_name="endpoint seen",
                            ),
                        ),
                        ("deviates", models.BooleanField(default=False)),
                        (
                            "deviation",
                            models.CharField(blank=True, max_length=500, verbose_name="why it differs from the plan"),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="zones", to="workbench.session"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("session", "zone"), name="one_row_for_a_zone_of_a_session")
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="Symptom",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("words", models.CharField(max_length=300, verbose_name="what was noticed")),
                        ("zone", models.CharField(blank=True, max_length=60)),
                        ("noticed_on", models.DateField()),
                        (
                            "getting",
                            models.CharField(
                                blank=True,
                                choices=[("", "not said"), ("better", "better"), ("same", "the same"), ("worse", "worse")],
                                max_length=6,
                            ),
                        ),
                        ("triage", models.JSONField(default=dict)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="symptoms", to="workbench.patient"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="symptoms", to="workbench.plan"
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="symptoms",
                                to="workbench.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-noticed_on", "-made_at"],
                        "indexes": [models.Index(fields=["patient", "-noticed_on"], name="workbench_s_patient_a4e320_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Zone",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("site", models.CharField(max_length=60)),
                        (
                            "side",
                            models.CharField(
                                blank=True, choices=[("", "whole"), ("left", "left"), ("right", "right")], max_length=5
                            ),
                        ),
                        (
                            "area_cm2",
                            models.DecimalField(
                                decimal_places=1,
                                max_digits=6,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(3000),
                                ],
                                verbose_name="area in cm²",
                            ),
                        ),
                        (
                            "hydration",
                            models.CharField(
                                choices=[("dry", "dry"), ("usual", "usual"), ("hydrated", "hydrated")],
                                default="usual",
                                max_length=10,
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="zones",
                                to="workbench.consultation",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["made_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("consultation", "site", "side"), name="one_zone_of_a_site_and_side"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalConcern",
                    fields=[
                        ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(blank=True, editable=False)),
                        ("changed_at", models.DateTimeField(blank=True, editable=False)),
                        ("concern", models.CharField(max_length=60)),
                        ("scale", models.CharField(blank=True, max_length=60)),
                        ("grade", models.FloatField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "zone",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="workbench.zone",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical concern",
                        "verbose_name_plural": "historical concerns",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Concern",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        ("concern", models.CharField(max_length=60)),
                        ("scale", models.CharField(blank=True, max_length=60)),
                        ("grade", models.FloatField(blank=True, null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "zone",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="concerns", to="workbench.zone"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["made_at"],
                        "constraints": [models.UniqueConstraint(fields=("zone", "concern"), name="one_concern_of_a_zone")],
                    },
                ),
            ]
        )
    ]
