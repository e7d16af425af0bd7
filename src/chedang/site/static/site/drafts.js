// A job that is being typed is saved at every pause. What the server does not have yet stands in this browser, under the
// account that typed it, and nowhere else; it goes as soon as the server has it. Without this script: 存草稿.
const STORE = "chedang-draft:";
const MOST_DAYS = 30;
const store = {
  all: () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(STORE)); } catch { return []; } },
  read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write: (key, copy) => { try { localStorage.setItem(key, JSON.stringify(copy)); } catch { /* a private window keeps none */ } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* there was none */ } },
};
store.all().forEach((key) => { if (!(Date.now() - store.read(key)?.at < MOST_DAYS * 86400000)) store.drop(key); });
document.querySelectorAll("[data-kept-draft]").forEach((page) => store.drop(`${STORE}${page.dataset.account}:${page.dataset.keptDraft}`));

document.querySelectorAll("form[data-draft]").forEach((form) => {
  const own = `${STORE}${form.dataset.account}:`;
  const key = own + form.dataset.draft;
  const address = form.getAttribute("action"); // form.action is the button of that name
  const status = form.querySelector("[data-status]");
  const restored = document.querySelector("[data-restored]");
  const found = document.querySelector("[data-found]");
  let timer = 0;
  let isSaving = false;
  let isSubmitted = false;

  const typed = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const tell = (words) => { if (status.textContent !== words) status.textContent = words; };
  const put = (entries) => {
    const lists = new Map();
    entries.forEach(([name, value]) => lists.set(name, [...(lists.get(name) ?? []), value]));
    lists.forEach((values, name) => {
      const add = form.querySelector(`button[name="${name.split("-")[0]}-add"]`);
      const fields = () => [...form.querySelectorAll(`[name="${name}"]:not(button)`)];
      // A column of that name may be gone since: then no row brings one.
      for (let before = -1; add && fields().length < values.length && fields().length > before; add.click()) before = fields().length;
      fields().forEach((field, place) => { field.value = values[place] ?? ""; });
    });
  };

  const post = (path, entries) => {
    const body = new URLSearchParams(entries);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return fetch(path, { method: "POST", body, redirect: "manual" });
  };
  // What an earlier page could not save becomes a draft, to go on with when wanted.
  const handIn = async (left) => {
    const id = left.slice(own.length);
    try {
      const answer = await post(form.dataset.save.replace(form.dataset.draft, id), store.read(left).entries);
      if (!answer.ok) return;
      store.drop(left);
      if ((await answer.json()).go) return;
      found.querySelector("a").href = address.replace(form.dataset.draft, id);
      found.hidden = false;
    } catch { /* it stays for the next time */ }
  };
  const save = async () => {
    clearTimeout(timer);
    if (isSaving || isSubmitted) return;
    const entries = typed();
    isSaving = true;
    try {
      const answer = await post(form.dataset.save, entries);
      if ([401, 403].includes(answer.status) || answer.type === "opaqueredirect") {
        tell(status.dataset.ended);
        form.querySelector("[data-sign-in]").hidden = false;
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      const { go, at } = await answer.json();
      if (go || JSON.stringify(entries) === JSON.stringify(typed())) store.drop(key);
      else timer = setTimeout(save, 800);
      if (go) location.replace(go);
      else tell(status.dataset.kept.replace("#", at));
    } catch {
      tell(status.dataset.away);
      timer = setTimeout(save, 15000);
    } finally {
      isSaving = false;
    }
  };

  const keep = () => {
    store.write(key, { at: Date.now(), entries: typed() });
    if (location.pathname !== address) history.replaceState(null, "", address); // to reload it
    if (!navigator.onLine) tell(status.dataset.away);
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  };
  form.addEventListener("input", keep);
  addEventListener("online", save);
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) {
      isSubmitted = true;
      clearTimeout(timer);
      return;
    }
    event.preventDefault();
    tell(status.dataset.away);
    status.scrollIntoView({ block: "center" });
  });
  addEventListener("pageshow", () => { isSubmitted = false; });

  if ("posted" in form.dataset) store.drop(key);
  const copy = store.read(key);
  if (copy && JSON.stringify(copy.entries) !== JSON.stringify(typed())) {
    put(copy.entries);
    restored.hidden = false;
    keep();
    save();
  } else if ("fresh" in form.dataset) {
    store.all().filter((each) => each.startsWith(own)).forEach(handIn);
  }
});
