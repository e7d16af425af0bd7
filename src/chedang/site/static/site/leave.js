// Who signs out on a shared machine leaves nothing there: what was typed and never reached the server is dropped, asked first.
document.querySelectorAll("form[data-leave]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    let left = [];
    try { left = Object.keys(localStorage).filter((key) => key.startsWith("chedang-draft:")); } catch { return; }
    if (left.length && !confirm(form.dataset.leave)) event.preventDefault();
    else left.forEach((key) => localStorage.removeItem(key));
  });
});
