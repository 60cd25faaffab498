export { createHandlers } from '../vscode/panel/handlers.ts';
export { createPages } from '../vscode/panel/pages.ts';
