// Reads [{"name": …, "text": …}] from standard input and checks each query against the tables below, as Azure Monitor
// has them. Writes for each its name, its diagnostics, the columns of its result with their types, and its syntax tree:
// a node is [kind, role in its parent, text or children].
//
// Columns: https://learn.microsoft.com/azure/azure-monitor/reference/tables/appevents, …/apptraces and so on; only the
// columns that a query of ours could need.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const load = createRequire(import.meta.url);
load("@kusto/language-service-next/bridge.min.js");
load("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
const { GlobalState, KustoCode, Symbols, Syntax } = globalThis.Kusto.Language;

const EVERY = "TimeGenerated: datetime, _ResourceId: string, TenantId: string, Type: string, _IsBillable: string";
const APP =
  EVERY +
  ", AppRoleName: string, AppRoleInstance: string, OperationId: string, OperationName: string, ParentId: string" +
  ", Properties: dynamic, ItemCount: int, SDKVersion: string";
const TABLES = {
  AppEvents: `${APP}, Name: string, Measurements: dynamic`,
  AppTraces: `${APP}, Message: string, SeverityLevel: int`,
  AppExceptions: `${APP}, ExceptionType: string, OuterMessage: string, ProblemId: string, SeverityLevel: int`,
  AppRequests:
    `${APP}, Id: string, Name: string, Url: string, Success: bool, ResultCode: string, DurationMs: real`,
  AppAvailabilityResults:
    `${APP}, Id: string, Name: string, Location: string, Success: bool, Message: string, DurationMs: real`,
  AppMetrics: `${APP}, Name: string, Sum: real, Min: real, Max: real`,
  Usage: `${EVERY}, DataType: string, Quantity: real, QuantityUnit: string, IsBillable: bool, Solution: string`,
  StorageQueueLogs:
    `${EVERY}, AccountName: string, OperationName: string, StatusCode: string, StatusText: string, DurationMs: real`,
};

const tables = Object.entries(TABLES).map(([name, columns]) =>
  Symbols.TableSymbol.From(`(${columns})`).WithName(name));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor2("workspace", null, tables));

const listed = (list) => Array.from({ length: list?.Count ?? 0 }, (_, at) => list.getItem(at));

function tree(node) {
  const kind = globalThis.System.Enum.toString(Syntax.SyntaxKind, node.Kind);
  const children = Array.from({ length: node.ChildCount }, (_, at) => node.GetChild(at)).filter(Boolean);
  return [kind, node.NameInParent ?? "", children.length ? children.map(tree) : (node.Text ?? "")];
}

function checked({ name, text }) {
  const code = KustoCode.ParseAndAnalyze(text, globals);
  return {
    name,
    diagnostics: listed(code.GetDiagnostics()).map((found) => ({
      code: found.Code,
      message: found.Message,
      at: text.slice(found.Start, found.Start + found.Length),
    })),
    columns: Object.fromEntries(listed(code.ResultType?.Columns).map((column) => [column.Name, column.Type.Name])),
    tree: tree(code.Syntax),
  };
}

const queries = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(queries.map(checked)));
