import { readdirSync } from "node:fs";
import { join } from "node:path";
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** The layers of `src/`, top to bottom: each may import what stands after it, and nothing that stands before. */
const LAYERS = ["app", "features", "entities", "live", "ui", "api", "messages"];

const features = readdirSync(join(import.meta.dirname, "src/features"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function noImports(files, regex, message) {
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex, message }] }] },
  };
}

const layerRules = LAYERS.slice(1).map((layer, index) => {
  const above = LAYERS.slice(0, index + 1);
  return noImports(
    [`src/${layer}/**`],
    `^(\\.\\./)+(${above.join("|")})/`,
    `${layer}/ must not import from ${above.join(", ")}.`,
  );
});

const featureRules = features.map((feature) => {
  const others = features.filter((other) => other !== feature);
  return noImports(
    [`src/features/${feature}/**`],
    `^(\\.\\./)+(app|(features/)?(${others.join("|")}))/`,
    "A feature must not import from the app or from another feature. What two features share is an entity.",
  );
});

/** Attributes and properties whose text people read. */
const TEXT_NAMES =
  "^(aria-label|title|placeholder|alt|label|hint|action|word|part|about|text|message)$";
const LETTERS = "/[A-Za-z]/";
const inCatalogue = "Texts that people read belong into src/messages/.";
const literalTexts = [
  `JSXText[value=${LETTERS}]`,
  `JSXAttribute[name.name=/${TEXT_NAMES}/] > Literal[value=${LETTERS}]`,
  `JSXAttribute[name.name=/${TEXT_NAMES}/] TemplateElement[value.raw=${LETTERS}]`,
  `JSXAttribute[name.name=/${TEXT_NAMES}/] :matches(ConditionalExpression, LogicalExpression) > Literal.right[value=${LETTERS}]`,
  `JSXAttribute[name.name=/${TEXT_NAMES}/] ConditionalExpression > Literal:matches(.consequent, .alternate)[value=${LETTERS}]`,
  `:matches(JSXElement, JSXFragment) > JSXExpressionContainer > Literal[value=${LETTERS}]`,
  `:matches(JSXElement, JSXFragment) > JSXExpressionContainer > TemplateLiteral > TemplateElement[value.raw=${LETTERS}]`,
  `:matches(JSXElement, JSXFragment) > JSXExpressionContainer > :matches(ConditionalExpression, LogicalExpression) > Literal:matches(.consequent, .alternate, .right)[value=${LETTERS}]`,
  `:matches(JSXElement, JSXFragment) > JSXExpressionContainer > :matches(ConditionalExpression, LogicalExpression) > TemplateLiteral > TemplateElement[value.raw=${LETTERS}]`,
  `Property[key.name=/^(label|title|hint|placeholder|text)$/] > :matches(Literal[value=${LETTERS}], TemplateLiteral:has(TemplateElement[value.raw=${LETTERS}]))`,
  `CallExpression[callee.name=/^(notify|alert|useTitle)$/] > :matches(Literal, TemplateLiteral)`,
].map((selector) => ({ selector, message: inCatalogue }));

export default defineConfig(
  globalIgnores(["dist", "src/api/schema.ts", "public", "diagram/frame.js"]),
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["error", 300],
    },
  },
  { files: ["src/**/*.{ts,tsx}"], extends: [reactHooks.configs.flat.recommended] },
  ...layerRules,
  ...featureRules,
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/messages/**", "**/*.test.{ts,tsx}"],
    rules: { "no-restricted-syntax": ["error", ...literalTexts] },
  },
);
