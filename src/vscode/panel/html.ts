import type { Lang } from '../../core/language.ts';

interface PanelHtml {
  /** The address of a file of the webview's folder. */
  readonly at: (name: string) => string;
  /** What the content policy calls the webview's own files. */
  readonly cspSource: string;
  readonly nonce: string;
  readonly lang: Lang;
}

/** The empty page with its content policy; everything else is drawn by the script. */
export function panelHtml({ at, cspSource, nonce, lang }: PanelHtml): string {
  // The toolkit's components build their style sheets in script: constructed sheets need no exception, but
  // where the browser lacks them it falls back to <style> elements, hence 'unsafe-inline' for styles alone.
  const csp = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${cspSource}`,
    `style-src ${cspSource} 'unsafe-inline'`,
    `img-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${at('main.css')}">
<title>Canari</title>
</head>
<body>
<main id="page" tabindex="-1"></main>
<div id="live" class="visually-hidden" aria-live="polite" role="status"></div>
<script type="module" nonce="${nonce}" src="${at('main.js')}"></script>
</body>
</html>`;
}
