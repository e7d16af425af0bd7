// 附近: asks the browser where it is, to about a hundred metres, and sends that in the body of a form, never in an address.
document.querySelectorAll("form[data-near]").forEach((form) => {
  if (!navigator.geolocation) return;
  const told = form.querySelector("[role=status]");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.latitude.value) return;
    event.preventDefault();
    told.textContent = told.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      (here) => {
        form.elements.latitude.value = here.coords.latitude.toFixed(3);
        form.elements.longitude.value = here.coords.longitude.toFixed(3);
        form.submit();
      },
      () => { told.textContent = told.dataset.refused; },
      { maximumAge: 600000, timeout: 10000 },
    );
  });
});
