// Rows of a form (workshop/_rows.html): added, taken away and filled in place; without this script the server does it.
document.querySelectorAll("[data-rows]").forEach((table) => {
  const list = table.querySelector("[data-rows-list]");
  const blank = table.querySelector("template");
  const fields = (row) => [...row.querySelectorAll("[data-column]")];
  const isEmpty = (row) => fields(row).every((field) => field.tagName === "SELECT" || !field.value.trim());
  const known = new Map();
  table.querySelectorAll("option[data-pick]").forEach((option) => known.set(option.value, JSON.parse(option.dataset.pick)));

  const renumber = () => [...list.children].forEach((row, place) => {
    row.setAttribute("aria-label", table.dataset.rowLabel.replace("#", place + 1));
    fields(row).forEach((field) => {
      field.id = `id_${table.dataset.rows}-${place}-${field.dataset.column}`;
      field.closest(".field").querySelector("label").htmlFor = field.id;
    });
    const remove = row.querySelector("button");
    remove.value = place;
    remove.setAttribute("aria-label", table.dataset.removeLabel.replace("#", place + 1));
  });
  const add = () => {
    list.append(blank.content.cloneNode(true));
    renumber();
    return list.lastElementChild;
  };
  const fill = (row, values) => fields(row).forEach((field) => {
    if (!field.value.trim() || field.tagName === "SELECT") field.value = values[field.dataset.column] ?? field.value;
  });
  const changed = () => table.dispatchEvent(new Event("input", { bubbles: true }));

  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !/-(pick|add|remove)$/.test(button.name)) return;
    event.preventDefault();
    if (button.name.endsWith("-pick")) {
      const row = [...list.children].find(isEmpty) ?? add();
      fill(row, JSON.parse(button.dataset.pick));
      (fields(row).find((field) => !field.value) ?? button).focus();
    } else if (button.name.endsWith("-add")) {
      fields(add())[0].focus();
    } else {
      const next = button.closest("[data-row]").nextElementSibling ?? button.closest("[data-row]").previousElementSibling;
      button.closest("[data-row]").remove();
      fields(next ?? add())[0].focus();
      renumber();
    }
    changed();
  });
  // A name that the shop has used before brings along what it usually has.
  table.addEventListener("change", (event) => {
    const usual = event.target.dataset.column && known.get(event.target.value);
    if (!usual) return;
    fill(event.target.closest("[data-row]"), usual);
    changed();
  });
});
