// The clock of a session goes on from the seconds that the server counted, whatever this machine's own clock says.
// Without this script the page shows how long it was when it was loaded.
for (const place of document.querySelectorAll("[data-seconds]")) {
  const words = place.querySelector("span");
  const before = Number(place.dataset.seconds);
  const begun = performance.now();
  const two = (number) => String(number).padStart(2, "0");
  setInterval(() => {
    const all = Math.floor(before + (performance.now() - begun) / 1000);
    words.textContent = `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  }, 1000);
}
