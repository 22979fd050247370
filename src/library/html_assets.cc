#include "library/html_assets.h"

namespace vedette {

const std::string_view kSiteStyle = R"css(:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f6f7f9; --line: #dde1e7; --text: #1c2430; --quiet: #5b6675; --link: #1a56c4;
  --heat-1: #dbe8fd; --heat-2: #b3d0fb; --heat-3: #7fb0f5; --heat-4: #4a8ae8; --heat-text: #0c1b33;
  --good: #1f7a45; --warn: #a35a00; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --panel: #1a2029; --line: #2e3744; --text: #e4e8ee; --quiet: #98a4b3; --link: #8ab4ff;
    --heat-1: #1c3350; --heat-2: #23487a; --heat-3: #2d61a8; --heat-4: #3c7bd4; --heat-text: #f2f6ff;
    --good: #6fcf97; --warn: #f2b35e; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
header { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: .6rem 1.5rem; background: var(--page); border-bottom: 1px solid var(--line); }
.brand { font-weight: 700; color: var(--text); }
.brand span { font-weight: 400; color: var(--quiet); }
nav { display: flex; gap: 1rem; flex: 1; }
#search { position: relative; width: min(26rem, 100%); margin: 0; }
#search[hidden] { display: none; }
#search input { width: 100%; padding: .4rem .7rem; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); color: var(--text); font: inherit; }
#results { position: absolute; right: 0; width: min(40rem, 92vw); max-height: 70vh; overflow: auto; margin: .3rem 0 0; padding: .3rem; list-style: none; background: var(--page); border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 8px 28px rgb(0 0 0 / .22); }
#results a { display: block; padding: .35rem .6rem; border-radius: 4px; color: var(--text); }
#results a:hover, #results a.chosen { background: var(--panel); text-decoration: none; }
#results b { margin-right: .5rem; }
#results i { float: right; font-style: normal; font-size: .8rem; color: var(--quiet); }
#results .none { padding: .35rem .6rem; color: var(--quiet); }
main { max-width: 84rem; margin: 0 auto; padding: 1.5rem; }
footer { max-width: 84rem; margin: 0 auto; padding: 1.5rem; color: var(--quiet); font-size: .85rem; }
h1 { margin: 0 0 .3rem; font-size: 1.7rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.2rem; }
h3 { margin: 0; font-size: 1.02rem; }
.crumbs, .quiet { color: var(--quiet); }
.crumbs { margin-bottom: .4rem; font-size: .88rem; }
.lead { max-width: 60rem; font-size: 1.02rem; }
.numbers { display: flex; flex-wrap: wrap; gap: .7rem; margin: 1rem 0; padding: 0; list-style: none; }
.numbers li { min-width: 7rem; padding: .55rem .9rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.numbers b { display: block; font-size: 1.4rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .45rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-size: .82rem; font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td ul { margin: 0; padding: 0; list-style: none; }
code, pre { font: 13px/1.55 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
.id { font: 600 .93em ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
.rule { margin: .8rem 0; padding: 1rem 1.2rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
.rule:target, tr:target, .line:target { outline: 2px solid var(--link); }
.rule dl { display: grid; grid-template-columns: 9rem 1fr; gap: .35rem 1rem; margin: .8rem 0 0; }
.rule dt { color: var(--quiet); }
.rule dd { margin: 0; }
.rule dd ul { margin: 0; padding-left: 1.1rem; }
.badge { display: inline-block; margin: 0 .3rem .2rem 0; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 999px; font-size: .8rem; white-space: nowrap; }
.level-high, .level-critical { color: var(--bad); border-color: currentColor; }
.level-medium { color: var(--warn); border-color: currentColor; }
.level-low, .level-informational { color: var(--good); border-color: currentColor; }
.matrix { table-layout: fixed; min-width: 92rem; font-size: .78rem; hyphens: auto; }
main:has(> h1.wide) { max-width: 104rem; }
.matrix th { white-space: normal; vertical-align: bottom; }
.matrix td { padding: .3rem; border: 0; }
.tech { display: block; margin-bottom: .3rem; padding: .3rem .4rem; border-radius: 5px; background: var(--heat-1); color: var(--heat-text); line-height: 1.3; overflow-wrap: break-word; }
.tech span { display: block; opacity: .8; font-size: .92em; }
.heat-2 { background: var(--heat-2); } .heat-3 { background: var(--heat-3); } .heat-4 { background: var(--heat-4); }
pre.source { margin: 1rem 0; padding: .8rem 0; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; counter-reset: line; }
.line { display: block; padding-right: 1rem; counter-increment: line; }
.line::before { content: counter(line); display: inline-block; width: 3.2rem; margin-right: 1rem; text-align: right; color: var(--quiet); opacity: .7; }
@media (max-width: 640px) { .rule dl { grid-template-columns: 1fr; } .rule dt { margin-top: .3rem; } }
@media print {
  :root { color-scheme: light; --page: #fff; --panel: #fff; --text: #000; --quiet: #444; --line: #bbb; --link: #000; --heat-1: #eee; --heat-2: #ddd; --heat-3: #ccc; --heat-4: #bbb; --heat-text: #000; }
  header { position: static; } nav, #search, .no-print { display: none !important; }
  h1, h2, h3 { break-after: avoid; } body { font-size: 10pt; } main, footer { max-width: none; padding: 0; }
  .rule, tr { break-inside: avoid; } .scroll { overflow: visible; }
  .matrix { min-width: 0; font-size: 6pt; } .tech { border: 1px solid #999; overflow-wrap: anywhere; }
}
)css";

const std::string_view kSiteSearch = R"js((function () {
  const form = document.getElementById('search');
  const input = form.querySelector('input');
  const list = document.getElementById('results');
  const root = document.documentElement.dataset.root;
  const most = 40;
  let chosen = -1;
  const entries = INDEX.map(([kind, name, title, href, words]) => ({
    kind, name, title, href, low: name.toLowerCase(), near: (name + ' ' + title).toLowerCase(), far: words.toLowerCase()
  }));

  // Higher is better; 0: a word of the question is nowhere.
  function rank(entry, question, words) {
    if (entry.low === question) return 100;
    let points = entry.low.startsWith(question) ? 60 : entry.low.includes(question) ? 40 : 0;
    for (const word of words) {
      if (entry.near.includes(word)) points += 10;
      else if (entry.far.includes(word)) points += 3;
      else return 0;
    }
    return points;
  }

  function find(text) {
    const question = text.trim().toLowerCase();
    if (!question) return [];
    const words = question.split(/\s+/);
    return entries.map(entry => ({entry, points: rank(entry, question, words)})).filter(hit => hit.points > 0)
      .sort((a, b) => b.points - a.points || (a.entry.low < b.entry.low ? -1 : 1)).map(hit => hit.entry);
  }

  function add(parent, tag, text) {
    const element = parent.appendChild(document.createElement(tag));
    element.textContent = text;
    return element;
  }

  function show() {
    const hits = find(input.value);
    list.replaceChildren();
    chosen = -1;
    list.hidden = !input.value.trim();
    if (!hits.length) add(list, 'li', 'Nothing found').className = 'none';
    for (const hit of hits.slice(0, most)) {
      const link = list.appendChild(document.createElement('li')).appendChild(document.createElement('a'));
      link.href = root + hit.href;
      add(link, 'i', hit.kind);
      add(link, 'b', hit.name);
      add(link, 'span', hit.title);
    }
    if (hits.length > most) add(list, 'li', 'and ' + (hits.length - most) + ' more').className = 'none';
  }

  function choose(step) {
    const links = list.querySelectorAll('a');
    if (!links.length) return;
    if (chosen >= 0) links[chosen].classList.remove('chosen');
    chosen = (chosen + step + links.length) % links.length;
    links[chosen].classList.add('chosen');
    links[chosen].scrollIntoView({block: 'nearest'});
  }

  form.hidden = false;
  input.addEventListener('input', show);
  input.addEventListener('focus', show);
  input.addEventListener('keydown', event => {
    if (event.key === 'ArrowDown') { choose(1); event.preventDefault(); }
    if (event.key === 'ArrowUp') { choose(chosen < 0 ? 0 : -1); event.preventDefault(); }
    if (event.key === 'Escape') { list.hidden = true; input.blur(); }
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    const links = list.querySelectorAll('a');
    if (links.length) { list.hidden = true; location.href = links[Math.max(chosen, 0)].href; }
  });
  document.addEventListener('click', event => { if (!form.contains(event.target)) list.hidden = true; });
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== input) { input.focus(); event.preventDefault(); }
  });
  const asked = new URLSearchParams(location.search).get('q');
  if (asked) { input.value = asked; show(); }
})();
)js";

}  // namespace vedette
