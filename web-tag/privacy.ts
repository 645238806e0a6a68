/** https://www.w3.org/TR/gpc/ */
export const isPrivate = (): boolean | undefined => (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl;
