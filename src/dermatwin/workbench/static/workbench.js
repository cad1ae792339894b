// Progress of long work: the page asks by EventSource, which asks again by itself after a reload or a restart of the server.
// Without this script the page is right all the same; it is then loaded again by hand.
for (const place of document.querySelectorAll("[data-events]")) {
  const bar = place.querySelector("progress");
  const words = place.querySelector("[data-doing]");
  const source = new EventSource(place.dataset.events);
  source.onmessage = (message) => {
    const told = JSON.parse(message.data);
    if (bar) bar.value = told.share;
    if (words) words.textContent = told.doing || (told.state === "waiting" ? "waiting for the worker" : "at work");
    if (told.over) {
      source.close();
      window.location.reload();
    }
  };
}
