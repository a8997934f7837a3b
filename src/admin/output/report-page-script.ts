// The script of the report page: filters and sorts the rows that are in the page. The page's policy allows this text
// alone, by its hash. Without scripts the whole table is there, in the order of the names. With thousands of users only
// the first rows are laid out, until more are asked for or the page is printed.

export const reportScript = `
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("users");
  const form = byId("filters");
  const status = byId("shown");
  const more = byId("more");
  const step = 200;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  let fitting = rows;
  let limit = step;
  const number = (count) => count.toLocaleString("en");
  const show = () => {
    const count = Math.min(limit, fitting.length);
    body.replaceChildren(...fitting.slice(0, count));
    more.hidden = count === fitting.length;
    const fits = fitting.length === 1 ? " users fits" : " users fit";
    status.textContent = number(fitting.length) + " of " + number(rows.length) + fits +
      (count === fitting.length ? "." : ", the first " + number(count) + " are shown.");
  };
  const filter = () => {
    const words = form.elements.search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
    const choices = Array.from(form.querySelectorAll("select")).filter((each) => each.value !== "");
    fitting = rows.filter((row) =>
      choices.every((each) => row.dataset[each.name] === each.value) &&
      words.every((word) => textOf(row).includes(word)));
    limit = step;
    show();
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  more.querySelector("[name=more]").addEventListener("click", () => { limit += step; show(); });
  more.querySelector("[name=all]").addEventListener("click", () => { limit = Infinity; show(); });
  addEventListener("beforeprint", () => body.replaceChildren(...fitting));
  addEventListener("afterprint", show);
  const collator = new Intl.Collator("en", { numeric: true });
  const sortBy = (column, isUp) => {
    const keys = new Map(rows.map((row) => {
      const cell = row.cells[column];
      return [row, cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort)];
    }));
    const compare = (one, other) => {
      const a = keys.get(one);
      const b = keys.get(other);
      return typeof a === "number" ? a - b : collator.compare(a, b);
    };
    rows.sort(isUp ? compare : (one, other) => compare(other, one));
    filter();
  };
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const isUp = head.getAttribute("aria-sort") !== "ascending";
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      sortBy(column, isUp);
    });
  });
  heads[0].setAttribute("aria-sort", "ascending");
  // A browser may restore what was typed before a reload.
  filter();
  form.hidden = false;
})();
`;
