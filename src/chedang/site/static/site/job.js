// The quick form: what is said of a car while it is typed, and 昨天. Without this script the buttons ask the server.
document.querySelectorAll("form[data-ask]").forEach((form) => {
  const field = (name) => form.elements[name];
  const asking = ["plate_number", "vin", "mileage", "repair_date"];
  const meant = form.querySelector("[data-meant]");
  let turn = 0;
  let timer = 0;
  form.querySelector(".look").hidden = true;

  const say = (name, remark) => {
    const place = document.getElementById(`id_${name}_said`);
    place.className = remark ? `said ${remark.tone}` : "said";
    place.textContent = remark ? `${remark.sign} ${remark.words}` : "";
  };
  const offer = (vins) => meant.replaceChildren(...vins.map((vin) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "pick";
    button.textContent = `${meant.dataset.word} ${vin}`;
    button.addEventListener("click", () => put("vin", vin));
    return button;
  }));
  const put = (name, value) => {
    field(name).value = value;
    field(name).dispatchEvent(new Event("input", { bubbles: true }));
    ask();
  };
  const ask = async () => {
    const mine = ++turn;
    const body = new URLSearchParams(asking.map((name) => [name, field(name).value]));
    body.set("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
    let answer;
    try {
      const response = await fetch(form.dataset.ask, { method: "POST", body, redirect: "error" });
      if (!response.ok) return;
      answer = await response.json();
    } catch { return; } // no line: the check page says the same
    if (mine !== turn) return;
    Object.entries(answer.remarks).forEach(([name, remark]) => say(name, remark));
    offer(answer.meant);
    const lacking = Object.entries(answer.fill).find(([name, value]) => value && !field(name).value.trim());
    if (lacking) put(...lacking);
  };

  form.addEventListener("input", (event) => {
    const { name, value } = event.target;
    clearTimeout(timer);
    const whole = { vin: 17, plate_number: 7 }[name];
    if (event.isTrusted && whole && value.replace(/\s/g, "").length >= whole) timer = setTimeout(ask, 250);
  });
  form.addEventListener("change", (event) => {
    if (asking.includes(event.target.name) && event.target.value) ask();
  });
  form.addEventListener("click", (event) => {
    const day = event.target.closest("[data-day]");
    if (!day) return;
    event.preventDefault();
    put(day.value, day.dataset.day);
  });
});
