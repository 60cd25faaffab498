export { createOpenAiClient, listModels } from '../adapters/models/openai.ts';
