export function mendFrench(text: string, options?: { apostrophes?: boolean }): string;
export function mendYaml(source: string): string;
