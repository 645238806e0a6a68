/** By what a customer is opened. */
export type OpenQuestion = { readonly id: string } | { readonly identifier: { readonly type: string; readonly value: string } };
