"use strict";
// What is only nicer with a script: a button that copies what stands beside it. Everything else works without.
function addCopyButtons(root) {
  if (!navigator.clipboard) return;
  for (const code of root.querySelectorAll("code[data-copy]")) {
    if (code.nextElementSibling && code.nextElementSibling.classList.contains("copy")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy quiet";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy " + code.textContent);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    });
    code.after(button);
  }
}
document.addEventListener("DOMContentLoaded", () => addCopyButtons(document));
document.addEventListener("htmx:load", (event) => addCopyButtons(event.detail.elt));
