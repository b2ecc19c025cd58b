/** Text as it may stand in HTML and in SVG, in content and in quoted attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Coordinates to a tenth of a pixel. */
export const px = (number: number): string => String(Math.round(number * 10) / 10);

/** A picture that says in words what it shows. `id` is unique on the page. */
export const picture = (
  id: string,
  size: { readonly width: number; readonly height: number },
  says: { readonly title: string; readonly description: string },
  content: string,
): string =>
  `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-description">` +
  `<title id="${id}-title">${escaped(says.title)}</title><desc id="${id}-description">${escaped(says.description)}</desc>` +
  `${content}</svg>`;

export const label = (x: number, y: number, text: string, anchor: "start" | "middle" | "end" = "start"): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escaped(text)}</text>`;

export const line = (kind: string, from: readonly [number, number], to: readonly [number, number]): string =>
  `<line class="${kind}" x1="${px(from[0])}" y1="${px(from[1])}" x2="${px(to[0])}" y2="${px(to[1])}"/>`;

export const box = (kind: string, x: number, y: number, width: number, height: number, says: string): string =>
  `<rect class="${kind}" x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, width))}" height="${px(height)}"><title>${escaped(says)}</title></rect>`;

export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly string[])[];
}

export const table = ({ caption, columns, rows }: Table): string => {
  const heads = columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join("");
  const body = rows.map(([first = "", ...cells]) => {
    const rest = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
    return `<tr><th scope="row">${escaped(first)}</th>${rest}</tr>`;
  });
  return (
    `<div class="wide"><table><caption>${escaped(caption)}</caption><thead><tr>${heads}</tr></thead>` +
    `<tbody>${body.join("")}</tbody></table></div>`
  );
};
