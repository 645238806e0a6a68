/** True when the browser sends Global Privacy Control: https://www.w3.org/TR/gpc/ */
export const isPrivate = (): boolean | undefined => (navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl;
