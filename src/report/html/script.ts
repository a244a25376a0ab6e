/** What a browser adds: sorting, folding all, a filter. The page says everything without it, so nothing is made here but controls. */
export const SCRIPT = `
(function () {
  'use strict';
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  function button(text, action) {
    var made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', action);
    return made;
  }

  // A figure sorts by its exact value, not by what is shown.
  function sortKey(row, column) {
    var cell = row.cells[column];
    var figure = cell && cell.querySelector('data');
    return figure ? Number(figure.value) : (cell ? cell.textContent.trim() : '');
  }
  all('table.sortable').forEach(function (table) {
    var heads = all('thead th', table);
    heads.forEach(function (head, column) {
      var title = head.textContent;
      head.textContent = '';
      head.appendChild(button(title, function () {
        var down = head.getAttribute('aria-sort') === 'ascending';
        heads.forEach(function (other) { other.removeAttribute('aria-sort'); });
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        // A number and its formula are one body of two rows: bodies move as a whole.
        var parent = table.tBodies.length > 1 ? table : table.tBodies[0];
        var items = table.tBodies.length > 1 ? all('tbody', table) : all('tr', parent);
        var keyed = items.map(function (item) { return { item: item, key: sortKey(item.tagName === 'TR' ? item : item.rows[0], column) }; });
        keyed.sort(function (a, b) {
          var order = typeof a.key === 'number' && typeof b.key === 'number' ? a.key - b.key : String(a.key).localeCompare(String(b.key), 'en', { numeric: true });
          return down ? -order : order;
        });
        keyed.forEach(function (entry) { parent.appendChild(entry.item); });
      }));
    });
  });

  function fold(root, open) { all('details', root).forEach(function (details) { details.open = open; }); }
  all('[data-controls]').forEach(function (place) {
    var section = place.parentNode;
    place.appendChild(button('Unfold all', function () { fold(section, true); }));
    place.appendChild(button('Fold all', function () { fold(section, false); }));
    if (place.getAttribute('data-controls') !== 'filter') { return; }
    var input = document.createElement('input');
    input.type = 'search';
    input.placeholder = 'Filter numbers';
    input.setAttribute('aria-label', 'Filter numbers by name, unit, formula or source');
    var said = document.createElement('output');
    input.addEventListener('input', function () {
      var words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
      var count = 0;
      all('details.component', section).forEach(function (component) {
        var shown = 0;
        all('tbody', component).forEach(function (body) {
          var text = body.textContent.toLowerCase();
          var matches = words.every(function (word) { return text.indexOf(word) !== -1; });
          body.hidden = !matches;
          shown += matches ? 1 : 0;
        });
        component.hidden = shown === 0;
        if (words.length > 0) { component.open = shown > 0; }
        count += shown;
      });
      said.textContent = words.length > 0 ? count + ' shown' : '';
    });
    place.insertBefore(input, place.firstChild);
    place.appendChild(said);
  });

  // A link to a number unfolds what holds it.
  function reveal() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    target.hidden = false;
    for (var up = target; up; up = up.parentElement) { if (up.tagName === 'DETAILS') { up.hidden = false; up.open = true; } }
    all('details', target).forEach(function (details) { details.open = true; });
    target.scrollIntoView();
  }
  addEventListener('hashchange', reveal);
  if (location.hash) { reveal(); }

  // Paper cannot be unfolded.
  var before = [];
  addEventListener('beforeprint', function () { before = all('details').filter(function (d) { return !d.open; }); before.forEach(function (d) { d.open = true; }); });
  addEventListener('afterprint', function () { before.forEach(function (d) { d.open = false; }); });
})();
`;
