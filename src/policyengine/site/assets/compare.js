/* The comparison of regions on another day: the tables show the values that hold on the day that is picked.

Reads: the page's own data (`#pe-compare-data`), the tables that the page came with.
Never: asks a server; writes HTML. */

const data = JSON.parse(document.getElementById("pe-compare-data").textContent);
const day = document.getElementById("pe-compare-day");

/** Give the values that hold on a day, null when nothing is offered; days compare as text. */
function held(intervals, on) {
  const found = intervals.find(({ start, end }) => start <= on && (end === null || on < end));
  return found === undefined ? null : found.values;
}

function show(cell, text, differs, table) {
  cell.textContent = text;
  cell.classList.toggle("pe-differs", differs);
  cell.classList.toggle("pe-long", text.length > 24);
  if (differs) {
    const said = document.createElement("span");
    said.className = "pe-hidden";
    said.textContent = ` (${table.dataset.differs})`;
    cell.append(said);
  }
}

/** Compare two values: a text, and what tells lists apart that read the same. */
function same(one, other) {
  return String(one) === String(other);
}

/** Hide the columns in which nothing holds on the day; where nothing is offered at all, one column says so. */
function hideEmpty(table, rows) {
  const offered = rows.some((values) => values !== null);
  [...table.tHead.rows[0].cells].slice(1).forEach((head, column) => {
    const empty = offered ? rows.every((values) => values === null || values[column] === null) : column > 0;
    for (const row of table.rows) row.cells[column + 1].hidden = empty;
  });
}

function update() {
  if (!day.validity.valid || day.value === "") return;
  for (const table of document.querySelectorAll(".pe-compare-table")) {
    const { root, regions } = data[table.dataset.program];
    const wide = held(regions[root], day.value);
    const rows = [...table.tBodies[0].rows].map((row) => {
      const values = held(regions[row.dataset.region], day.value);
      [...row.cells].slice(1).forEach((cell, column) => {
        if (values === null) show(cell, table.dataset.notOffered, false, table);
        else show(cell, values[column]?.[0] ?? table.dataset.none, !same(values[column], wide?.[column] ?? null), table);
      });
      return values;
    });
    hideEmpty(table, rows);
  }
}

day.addEventListener("input", update);
update();
