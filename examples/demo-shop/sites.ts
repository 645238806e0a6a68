/** Where everything of the demo is. */
export interface Sites {
  readonly shop: string;
  readonly club: string;
  /** The gateway's URL for pages of each site. Browsers send a cookie only to the site of the page, so the host is that of the site. */
  readonly gatewayAtShop: string;
  readonly gatewayAtClub: string;
}
