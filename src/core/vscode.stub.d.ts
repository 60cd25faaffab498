// What `vscode` and `node:*` are to the domain: nothing. See tsconfig.json beside this file.
export {};
