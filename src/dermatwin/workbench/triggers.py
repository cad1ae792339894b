"""What the database itself refuses, whoever asks: a change of the audit log, of a signed plan, of a finished session.

Laid after every migration, because SQLite makes a table anew to change it and drops what hung on it. A signed plan and a
finished session go only with their person, once an erasure is approved.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

_AUDIT = "an entry of the audit log never changes"
_PLAN = "a signed plan never changes"
_SESSION = "a finished session never changes"
_ERASED = """EXISTS (SELECT 1 FROM workbench_erasure e WHERE e.patient = OLD.patient_id AND e.approved_at IS NOT NULL)"""
_HELD = "(SELECT 1 FROM workbench_session s WHERE s.id = OLD.session_id AND s.state = 'done')"
_ERASED_HELD = """EXISTS (SELECT 1 FROM workbench_erasure e, workbench_session s
  WHERE s.id = OLD.session_id AND e.patient = s.patient_id AND e.approved_at IS NOT NULL)"""
_OF_SESSION = ("sessionzone", "sessionproduct")

_SQLITE = [
    *(
        f"CREATE TRIGGER IF NOT EXISTS audit_never_{verb.lower()} BEFORE {verb} ON workbench_auditentry "
        f"BEGIN SELECT RAISE(ABORT, '{_AUDIT}'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    f"CREATE TRIGGER IF NOT EXISTS signed_plan_never_update BEFORE UPDATE ON workbench_plan WHEN OLD.signed_at IS NOT NULL "
    f"BEGIN SELECT RAISE(ABORT, '{_PLAN}'); END",
    f"CREATE TRIGGER IF NOT EXISTS signed_plan_never_delete BEFORE DELETE ON workbench_plan "
    f"WHEN OLD.signed_at IS NOT NULL AND NOT {_ERASED} BEGIN SELECT RAISE(ABORT, '{_PLAN}'); END",
    f"CREATE TRIGGER IF NOT EXISTS finished_session_never_update BEFORE UPDATE ON workbench_session "
    f"WHEN OLD.state = 'done' BEGIN SELECT RAISE(ABORT, '{_SESSION}'); END",
    f"CREATE TRIGGER IF NOT EXISTS finished_session_never_delete BEFORE DELETE ON workbench_session "
    f"WHEN OLD.state = 'done' AND NOT {_ERASED} BEGIN SELECT RAISE(ABORT, '{_SESSION}'); END",
    *(
        f"CREATE TRIGGER IF NOT EXISTS finished_{table}_never_{verb.lower()} BEFORE {verb} ON workbench_{table} "
        f"WHEN EXISTS {_HELD}{f' AND NOT {_ERASED_HELD}' if verb == 'DELETE' else ''} "
        f"BEGIN SELECT RAISE(ABORT, '{_SESSION}'); END"
        for table in _OF_SESSION
        for verb in ("UPDATE", "DELETE")
    ),
]
_POSTGRES = [
    f"""CREATE OR REPLACE FUNCTION workbench_audit_never() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION '{_AUDIT}' USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql""",
    f"""CREATE OR REPLACE FUNCTION workbench_plan_never() RETURNS trigger AS $$
    BEGIN
      IF OLD.signed_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END IF;
      IF TG_OP = 'DELETE' AND {_ERASED} THEN RETURN OLD; END IF;
      RAISE EXCEPTION '{_PLAN}' USING ERRCODE = 'integrity_constraint_violation';
    END $$ LANGUAGE plpgsql""",
    f"""CREATE OR REPLACE FUNCTION workbench_session_never() RETURNS trigger AS $$
    BEGIN
      IF OLD.state <> 'done' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END IF;
      IF TG_OP = 'DELETE' AND {_ERASED} THEN RETURN OLD; END IF;
      RAISE EXCEPTION '{_SESSION}' USING ERRCODE = 'integrity_constraint_violation';
    END $$ LANGUAGE plpgsql""",
    f"""CREATE OR REPLACE FUNCTION workbench_of_session_never() RETURNS trigger AS $$
    BEGIN
      IF EXISTS {_HELD} AND NOT (TG_OP = 'DELETE' AND {_ERASED_HELD}) THEN
        RAISE EXCEPTION '{_SESSION}' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$ LANGUAGE plpgsql""",
    "DROP TRIGGER IF EXISTS finished_session_never ON workbench_session",
    "CREATE TRIGGER finished_session_never BEFORE UPDATE OR DELETE ON workbench_session "
    "FOR EACH ROW EXECUTE FUNCTION workbench_session_never()",
    *(
        statement
        for table in _OF_SESSION
        for statement in (
            f"DROP TRIGGER IF EXISTS finished_session_never ON workbench_{table}",
            f"CREATE TRIGGER finished_session_never BEFORE UPDATE OR DELETE ON workbench_{table} "
            "FOR EACH ROW EXECUTE FUNCTION workbench_of_session_never()",
        )
    ),
    "DROP TRIGGER IF EXISTS audit_never ON workbench_auditentry",
    "CREATE TRIGGER audit_never BEFORE UPDATE OR DELETE ON workbench_auditentry "
    "FOR EACH ROW EXECUTE FUNCTION workbench_audit_never()",
    "DROP TRIGGER IF EXISTS audit_never_emptied ON workbench_auditentry",
    "CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON workbench_auditentry "
    "FOR EACH STATEMENT EXECUTE FUNCTION workbench_audit_never()",
    "DROP TRIGGER IF EXISTS signed_plan_never ON workbench_plan",
    "CREATE TRIGGER signed_plan_never BEFORE UPDATE OR DELETE ON workbench_plan "
    "FOR EACH ROW EXECUTE FUNCTION workbench_plan_never()",
]


def lay(using: str = "default", **signal: Any) -> None:
    """Lay every trigger that is not there; called after each migration."""
    connection = connections[using]
    if "workbench_plan" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRES:
            cursor.execute(statement)
