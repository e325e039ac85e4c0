/**
 * The globals of the AWS WAF script that the page uses. See "CAPTCHA JavaScript API specification" in the AWS WAF
 * Developer Guide.
 */
declare var AwsWafCaptcha: {
  renderCaptcha(container: Element, configuration: {
    apiKey: string;
    onSuccess: (wafToken: string) => void;
    onError?: (error: Error & {
      kind: 'internal_error' | 'network_error' | 'token_error' | 'client_error';
      statusCode?: number;
    }) => void;
    onLoad?: () => void;
    onPuzzleTimeout?: () => void;
    onPuzzleIncorrect?: () => void;
    onPuzzleCorrect?: () => void;
    defaultLocale?: string;
    disableLanguageSelector?: boolean;
    dynamicWidth?: boolean;
    skipTitle?: boolean;
  }): void;
};

declare var AwsWafIntegration: {
  fetch: typeof fetch;
  getToken(): Promise<string>;
  hasToken(): boolean;
  forceRefreshToken(): Promise<void>;
  saveReferrer(): void;
};
