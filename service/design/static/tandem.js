// The little that pages need a script for. Everything can be read, found and sent without it.
"use strict";
(() => {
  const KEPT = "tandem kept ";
  const storage = (() => { try { sessionStorage.setItem(KEPT, ""); sessionStorage.removeItem(KEPT); return sessionStorage; } catch { return null; } })();

  // ---- what somebody types is kept until the server has it
  const fields = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.type !== "password" && one.type !== "file" && one.type !== "submit");
  const standing = (one) => ([...one.options].find((option) => option.defaultSelected) || one.options[0])?.value;
  const changed = (one) => one.type === "checkbox" || one.type === "radio" ? one.checked !== one.defaultChecked : one.value !== (one.options ? standing(one) : one.defaultValue);
  // only what somebody changed: the rest may stand otherwise by the time that it comes back
  const save = (form) => {
    const before = JSON.parse(storage?.getItem(KEPT + form.dataset.keep) || "[]");
    const names = new Set([...before, ...fields(form).filter(changed).map((one) => [one.name])].map(([name]) => name));
    const typed = fields(form).filter((one) => names.has(one.name)).map((one) => [one.name, one.value, one.type === "checkbox" || one.type === "radio" ? one.checked : null]);
    try { storage?.setItem(KEPT + form.dataset.keep, JSON.stringify(typed)); } catch { /* the store is full */ }
  };
  const restore = (form) => {
    if (form.dataset.restored) return;
    form.dataset.restored = "yes";
    const kept = storage?.getItem(KEPT + form.dataset.keep);
    if (!kept) return;
    let brought = false;
    for (const [name, value, checked] of JSON.parse(kept))
      for (const one of fields(form))
        if (one.name === name) {
          if (checked === null) { brought ||= one.value !== value; one.value = value; }
          else if (one.value === value) { brought ||= one.checked !== checked; one.checked = checked; }
        }
    const note = form.querySelector("[data-kept]");
    if (note && brought) note.hidden = false;
    if (brought) form.closest("details")?.setAttribute("open", "");
  };
  document.addEventListener("input", (event) => { const form = event.target.closest?.("form[data-keep]"); if (form) save(form); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-forget]");
    if (!button) return;
    const form = button.closest("form");
    storage?.removeItem(KEPT + form.dataset.keep);
    form.reset();
    form.querySelector("[data-kept]").hidden = true;
  });
  // the page after a form that was taken names it
  const forgetTaken = (root) => {
    for (const one of root.querySelectorAll("[data-taken]")) storage?.removeItem(KEPT + one.dataset.taken);
    for (const form of root.querySelectorAll("form[data-keep]")) restore(form);
  };

  // ---- a job has ended: the page shows what came of it, unless somebody is at a form, which a fresh page would take away
  let typing = false;
  document.addEventListener("input", () => { typing = true; });
  const atForm = () => typing || document.querySelector("main details[open] form") || document.activeElement?.closest("input, textarea, select");
  document.addEventListener("htmx:sseClose", (event) => {
    if (event.detail.type !== "message") return;
    if (!atForm()) { location.reload(); return; }
    const fresh = document.createElement("a");
    fresh.href = location.href;
    fresh.textContent = "Show what came of it";
    event.target.append(fresh);
  });

  // ---- a connection that is lost
  const lost = (said) => {
    const bar = document.getElementById("lost");
    if (bar) { bar.querySelector("span").textContent = said; bar.hidden = false; }
  };
  document.addEventListener("htmx:sendError", () => lost("Tandem does not answer. What you typed is kept in this tab: wait a moment, then send it again."));
  document.addEventListener("htmx:timeout", () => lost("Tandem takes long to answer. What you typed is kept in this tab: wait a moment, then send it again."));
  // an answer that takes no page's place: nothing would happen before the eyes of whoever pressed the button
  const REFUSED = { 401: "You are not signed in any more. Sign in in another tab, then load this page anew: what you typed comes back, and you can send it again.", 413: "This is more than Tandem takes at once, so nothing was saved. Shorten it, then send it again." };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { isError, shouldSwap, requestConfig, xhr } = event.detail;
    if (!isError || shouldSwap) return;
    const form = requestConfig.elt.closest?.("form[data-keep]");
    if (form) save(form);
    lost(REFUSED[xhr.status] || "Tandem did not take this, and nothing was saved. What you typed is kept in this tab: wait a moment, then send it again.");
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) document.getElementById("lost")?.setAttribute("hidden", ""); });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-close-lost]")) document.getElementById("lost").hidden = true; });

  // ---- light, dark, or as the system has it
  const showTheme = () => {
    const now = document.documentElement.dataset.theme || "system";
    for (const one of document.querySelectorAll("[data-choose-theme]")) one.setAttribute("aria-pressed", String(one.dataset.chooseTheme === now));
    for (const one of document.querySelectorAll("[data-needs-script]")) one.hidden = false;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-choose-theme]");
    if (!button) return;
    const chosen = button.dataset.chooseTheme;
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    document.cookie = `tandem_theme=${chosen}; path=/; max-age=31536000; samesite=lax`;
    showTheme();
  });

  // ---- a curve with a handle: what the place of the handle costs and brings
  const tellCurve = (form, cut) => {
    const points = form.dataset.curve.split(";").map((one) => one.split(",").map(Number));
    const [at, ticked, right, shown] = points.reduce((best, one) => (Math.abs(one[0] - cut) < Math.abs(best[0] - cut) ? one : best));
    const carried = Number(form.dataset.carried);
    const handle = form.querySelector("[data-handle]");
    handle.removeAttribute("hidden");
    for (const name of ["x1", "x2"]) handle.setAttribute(name, String(60 + 440 * at));
    form.querySelector("[data-said]").textContent = `From ${at.toFixed(2)} on, held-out passages come ticked: rightly ${right} (of ${carried} with this code), wrongly ${ticked - right}.` + (shown ? "" : " That does not show that ticks are right often enough.");
    return at;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-curve]");
    if (!form || !["slide", "cut"].includes(event.target.id)) return;
    const at = tellCurve(form, Number(event.target.value));
    form.querySelector("#cut").value = at.toFixed(2);
    form.querySelector("#slide").value = String(at);
    form.querySelector("#from").checked = true;
  });

  // ---- keys: a link or button that names one is pressed by it, but not while somebody types
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select")) return;
    const one = event.key.length === 1 && document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (one) { event.preventDefault(); one.click(); }
  });

  // ---- lists: a filter that is changed asks at once, and what is left empty does not stand in the address
  document.addEventListener("htmx:configRequest", (event) => {
    const asked = event.detail;
    if (asked.verb === "get") for (const [name, value] of Object.entries(asked.parameters)) if (value === "") delete asked.parameters[name];
  });
  document.addEventListener("change", (event) => { if (event.target.matches?.("form[data-list] select")) event.target.form.requestSubmit(); });

  document.addEventListener("DOMContentLoaded", () => { forgetTaken(document); showTheme(); for (const form of document.querySelectorAll("form[data-curve]")) tellCurve(form, Number(form.querySelector("#slide").value)); });
  document.addEventListener("htmx:load", (event) => { forgetTaken(event.detail.elt); showTheme(); });
})();
