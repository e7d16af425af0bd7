// An inspection is written down where there may be no line: each answer and photo is kept in this browser first, under
// the account that made it, and sent under a number of its own as often as it takes; it goes when the server has it.
// Without this script the sheet is one form.
const form = document.querySelector("form[data-inspection]");
const own = `chedang-inspection:${form.dataset.account}:${form.dataset.inspection}:`;
const status = form.querySelector("[data-status]");
const token = form.elements.csrfmiddlewaretoken;
const seen = form.elements.answers_seen;
let timer = 0;
let isSending = false;

const answers = {
  keys: () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(own)); } catch { return []; } },
  read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write: (said) => localStorage.setItem(own + said.item, JSON.stringify(said)),
  drop: (key, id) => { if (answers.read(key)?.client_id === id) localStorage.removeItem(key); },
};
// Photos are too large for localStorage.
const base = new Promise((resolve, reject) => {
  const asked = indexedDB.open("chedang-inspections", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("photos", { keyPath: "client_id" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const photos = async (mode, work) => {
  const store = (await base).transaction("photos", mode).objectStore("photos");
  return new Promise((resolve, reject) => {
    const asked = work(store);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
};
const waitingPhotos = async () => {
  try { return (await photos("readonly", (store) => store.getAll())).filter((photo) => photo.own === own); } catch { return []; }
};
const count = async () => answers.keys().length + (await waitingPhotos()).length;

const tell = async (words, more = "") => {
  status.textContent = words.replace("#", await count()) + more;
  status.hidden = false;
};
const number = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
  (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
const post = (path, entries) => {
  const body = entries.photo ? new FormData() : new URLSearchParams();
  Object.entries({ ...entries, csrfmiddlewaretoken: token.value }).forEach(([name, value]) => body.append(name, value));
  return fetch(path, { method: "POST", body, redirect: "manual" });
};
const taken = (item, verdict, note) => { form.elements[`was-${item}`].value = `${verdict}|${note}`; };

// One thing to the server: true when it has it, null when it never will take it; else throws.
const send = async (path, entries) => {
  const answer = await post(path, entries);
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) throw new Error("ended");
  if ([409, 422].includes(answer.status)) return [null, (await answer.json()).sentence];
  if (!answer.ok) throw new Error("away");
  return [await answer.json(), ""];
};
const flush = async () => {
  clearTimeout(timer);
  if (isSending) return;
  isSending = true;
  let refusal = "";
  try {
    for (const key of answers.keys()) {
      const said = answers.read(key);
      const [done, sentence] = await send(form.dataset.answer, said);
      if (done) {
        seen.value = Number(seen.value) + done.fresh;
        taken(said.item, said.verdict, said.note.trim());
        answers.drop(key, said.client_id);
      } else refusal = sentence;
    }
    for (const photo of await waitingPhotos()) {
      const [done, sentence] = await send(form.dataset.photos, { client_id: photo.client_id, item: photo.item, photo: photo.file });
      if (done) {
        await photos("readwrite", (store) => store.delete(photo.client_id));
        const link = document.createElement("a");
        link.className = "btn quiet";
        link.href = `${form.dataset.photos}/${done.file_id}`;
        link.textContent = `✓ ${photo.name}`;
        form.querySelector(`[data-item="${photo.item}"] [data-photo-list]`).append(link);
      } else refusal = sentence;
    }
    if (refusal) await tell(status.dataset.refused, refusal);
    else await tell((await count()) ? status.dataset.waiting : status.dataset.sent);
  } catch (error) {
    await tell(error.message === "ended" ? status.dataset.ended : status.dataset.away);
    timer = setTimeout(flush, 15000);
  } finally {
    isSending = false;
  }
};
const soon = () => { clearTimeout(timer); timer = setTimeout(flush, 600); };

const keep = (item) => {
  const verdict = form.elements[`verdict-${item}`].value;
  if (!verdict) return;
  const said = { client_id: number(), item, verdict, note: form.elements[`note-${item}`].value };
  try { answers.write(said); } catch { return; } // a full or private browser: the form itself still holds it
  tell(navigator.onLine ? status.dataset.waiting : status.dataset.away);
  soon();
};
const keepPhotos = async (field, item) => {
  try {
    for (const file of field.files) {
      await photos("readwrite", (store) => store.put({ client_id: number(), own, item, file, name: file.name }));
    }
  } catch { return; } // the field keeps them, for the button
  field.value = "";
  tell(navigator.onLine ? status.dataset.waiting : status.dataset.away);
  soon();
};
form.addEventListener("change", (event) => {
  const item = event.target.closest("[data-item]")?.dataset.item;
  if (!item) return;
  if (event.target.type === "file") keepPhotos(event.target, item);
  else keep(item);
});
addEventListener("online", flush);
// A button waits until everything kept here has been sent: the page that comes back shows it all.
let isReady = false;
form.addEventListener("submit", (event) => {
  if (isReady) return;
  event.preventDefault();
  const button = event.submitter;
  clearTimeout(timer);
  const go = async () => {
    for (let wait = 0; isSending && wait < 200; wait += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    await flush();
    if ((await count()) === 0) {
      isReady = true;
      form.requestSubmit(button);
    } else status.scrollIntoView({ block: "center" });
  };
  go();
});
addEventListener("pageshow", () => { isReady = false; });

// What an earlier page could not send stands in the form again.
answers.keys().forEach((key) => {
  const { item, verdict, note } = answers.read(key) ?? {};
  if (!form.elements[`verdict-${item}`]) return;
  form.elements[`verdict-${item}`].value = verdict;
  form.elements[`note-${item}`].value = note;
});
count().then((left) => { if (left) flush(); });
