import type { Command } from "commander";
import { misused } from "./exit.ts";
import { lookingContext } from "./looking-context.ts";
import type { GlobalOptions, Stage } from "./stage.ts";

interface ExportOptions {
  readonly out?: string;
  readonly force?: boolean;
}

/** `pawl ledger <verb>`. */
export const addLedgerVerbs = (program: Command, { scene, settle, finish, streams, terminal }: Stage): void => {
  const ledger = program.command("ledger").description("the hash-chained record of decisions");
  ledger
    .command("verify [cutover]")
    .description("recompute the chain from its first record")
    .option("--recompute", "judge every tick again from what was stored for it")
    .action(async (cutover: string | undefined, options: { readonly recompute?: boolean }, command: Command) => {
      const { ledgerVerifyCommand } = await import("./commands/ledger-verify.ts");
      settle(await ledgerVerifyCommand(await lookingContext(scene(cutover, globalsOf(command))), options));
    });
  ledger
    .command("export [cutover]")
    .description("write the ledger with all its evidence as a recording, for pawl policy replay")
    .option("--out <file>", "into this file, readable by its owner alone; else to standard output")
    .option("--force", "replace the file where it is there already")
    .action(async (cutover: string | undefined, options: ExportOptions, command: Command) => {
      const globals = globalsOf(command);
      if (options.out === undefined && globals.json === true)
        throw misused(
          "Standard output cannot be both a JSON document and a recording.",
          "Without --out the recording goes there.",
          "Name a file: --out orders.ndjson.",
        );
      const { exitCodeOf, exportLedger, exportLines } = await import("./commands/ledger-export.ts");
      const context = await lookingContext(scene(cutover, globals));
      if (options.out === undefined) {
        const exported = await exportLedger(context, streams.write);
        exportLines(exported).forEach(terminal.note);
        return finish(exitCodeOf(exported));
      }
      const { intoPrivateFile } = await import("./private-file.ts");
      const exported = await intoPrivateFile(options.out, options.force === true, (write) =>
        exportLedger(context, write),
      );
      settle({ document: exported, lines: exportLines(exported), exitCode: exitCodeOf(exported) });
    });
};

const globalsOf = (command: Command): GlobalOptions => command.optsWithGlobals<GlobalOptions>();
