// Runs in the page. Returns what is wrong with it for people who cannot see it well, or at all.
() => {
  const problems = [];
  const wrong = (what, element) => problems.push(`${what}: ${element?.outerHTML?.slice(0, 120) ?? ""}`);
  const all = (selector) => [...document.querySelectorAll(selector)];

  if (!document.documentElement.lang) wrong("no language");
  if (!document.title.trim()) wrong("no title");
  if (all("main").length !== 1) wrong("not one main");
  if (all("h1").length !== 1) wrong("not one h1");
  let level = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.tagName.slice(1));
    if (next > level + 1) wrong(`a heading skips from ${level} to ${next}`, heading);
    if (!heading.textContent.trim()) wrong("an empty heading", heading);
    level = next;
  }
  const ids = all("[id]").map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong(`the id ${id} twice`);
  for (const element of all("[aria-labelledby]"))
    if (!document.getElementById(element.getAttribute("aria-labelledby"))?.textContent.trim())
      wrong("no name", element);
  for (const table of all("table")) {
    if (!table.caption?.textContent.trim()) wrong("a table without caption", table);
    if (!table.querySelector("thead th")) wrong("a table without headers", table);
    for (const header of table.querySelectorAll("th"))
      if (!["col", "row"].includes(header.scope)) wrong("a header without scope", header);
    for (const row of table.querySelectorAll("tbody tr"))
      if (!row.querySelector("th")) wrong("a row without header", row);
  }
  for (const svg of all("svg"))
    if (svg.getAttribute("aria-hidden") !== "true") {
      if (svg.getAttribute("role") !== "img") wrong("a picture without role", svg);
      if (!svg.querySelector("title")?.textContent.trim()) wrong("a picture without name", svg);
    }
  if (all("script, link, img, iframe, object, embed, form").length > 0)
    wrong("something that does not belong");
  for (const element of all("*"))
    for (const { name } of element.attributes)
      if (/^on|^(src|href|srcset|action)$/.test(name)) wrong(name, element);
  const width = document.documentElement.scrollWidth;
  if (width > document.documentElement.clientWidth) wrong(`scrolls sideways: ${width}`);
  for (const element of all("main *, footer *")) {
    const { right, left, width: wide } = element.getBoundingClientRect();
    if (wide > 0 && !element.closest("svg") && (right > innerWidth + 0.5 || left < -0.5))
      wrong("sticks out", element);
  }

  const parse = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue], alpha };
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const { channels, alpha } = parse(getComputedStyle(one).backgroundColor);
      if (alpha === 1) return channels;
    }
    return [255, 255, 255];
  };
  const light = (channels) => {
    const [red, green, blue] = channels.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || element.closest("style, title")) continue;
    const style = getComputedStyle(element);
    const color = parse(element instanceof SVGElement ? style.fill : style.color);
    const ratio = contrast(color.channels, behind(element));
    texts += 1;
    if (ratio < 4.5 || color.alpha < 1) wrong(`contrast ${ratio.toFixed(2)}`, element);
    const picture = element.closest("svg");
    const scale = picture ? picture.getBoundingClientRect().width / picture.viewBox.baseVal.width : 1;
    const size = Number.parseFloat(style.fontSize) * scale;
    if (size < 12) wrong(`text of ${size} px`, element);
  }
  // What is drawn has to stand out too, if less (WCAG 1.4.11).
  for (const path of all("svg path")) {
    const ratio = contrast(parse(getComputedStyle(path).stroke).channels, behind(path));
    if (ratio < 3) wrong(`contrast of a line ${ratio.toFixed(2)}`, path);
  }
  return { problems: [...new Set(problems)], texts };
};
