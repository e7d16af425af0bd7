// 复制: a button beside an address copies it; without this script, or where it may not, the address is there to be marked.
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  const told = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(
      () => { told.textContent = told.dataset.done; },
      () => { told.textContent = told.dataset.refused; },
    );
  });
});
