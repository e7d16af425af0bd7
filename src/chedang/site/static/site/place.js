// 公开信息: fills in where the browser is, when asked to; nothing is sent before the form is.
document.querySelectorAll("form[data-place]").forEach((form) => {
  const row = form.querySelector("[data-ask]");
  if (!navigator.geolocation || !row) return;
  const told = row.querySelector("[role=status]");
  row.hidden = false;
  row.querySelector("button").addEventListener("click", () => {
    told.textContent = told.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      (here) => {
        form.elements.latitude.value = here.coords.latitude.toFixed(5);
        form.elements.longitude.value = here.coords.longitude.toFixed(5);
        told.textContent = told.dataset.done;
      },
      () => { told.textContent = told.dataset.refused; },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
});
