import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileText, PAGES, ROOT } from "../../support/said-commands.ts";

const withoutBlocks = (page: string): string => page.replace(/^```[\s\S]*?^```/gm, "");
const spansOf = (file: string): readonly string[] =>
  [...withoutBlocks(fileText(file)).matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);

/** Everything that is no page: where a name that a page gives has to occur. */
const sources = globSync(
  ["{src,functions,lab,scripts,policies,test}/**/*.{ts,yml,cjs,json}", "*.{yml,json,ts,mjs}", "docs/model/*.pml"],
  { cwd: ROOT },
)
  .filter((file) => !file.startsWith("test/spec/docs/"))
  .map(fileText)
  .join("\n");

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replace(/\s/g, "-");

describe.each(PAGES)("%s", (file) => {
  it("names no function, field or setting in code that is nowhere", () => {
    const names = spansOf(file).filter((span) => /^[a-z]+[A-Z][A-Za-z]+(\.[a-z]\w*)?$/.test(span));
    expect(names.filter((name) => !sources.includes(name.split(".")[0] ?? ""))).toEqual([]);
  });

  it("names no file of the checkout that is not there", () => {
    const paths = spansOf(file).filter((span) =>
      /^(bin|docs|functions|lab|scripts|src|test)\/[\w./-]+\.\w+$/.test(span),
    );
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("leads by its links to pages and headings that are there", () => {
    const links = [...withoutBlocks(fileText(file)).matchAll(/\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g)];
    const broken = links.filter(([, path = "", anchor]) => {
      if (/^https?:/.test(path)) return false;
      const target = path === "" ? file : join(dirname(file), path);
      if (!existsSync(join(ROOT, target))) return true;
      const headings = anchor === undefined ? [] : [...fileText(target).matchAll(/^#+ (.*)$/gm)];
      return anchor !== undefined && !headings.some(([, heading = ""]) => anchorOf(heading) === anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});
