package dev.sluice.api.page;

import java.net.URI;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The files of the page, and what a browser may do with them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PageProperties.class)
class PageConfiguration implements WebMvcConfigurer {

  private static final String LIBRARIES = DescriptionProperties.PAGE + "lib/";

  /** Another version may be there tomorrow. */
  private static final CacheControl ASK_EACH_TIME = CacheControl.noCache();

  private final String policy;

  PageConfiguration(PageProperties page) {
    PageProperties.OpenId openid = page.openid();
    policy = policy(openid == null ? "" : " " + origin(openid.issuer()));
  }

  /** Everything comes from here, and nothing is written into the page itself. */
  private static String policy(String provider) {
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        + " connect-src 'self'"
        + provider
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  /** Of a provider, which the page asks for its addresses and for a token. */
  private static String origin(String issuer) {
    URI uri = URI.create(issuer);
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    add(registry, LIBRARIES + "lit-html/**", Webjars.folderOf("lit-html", "lit-html.js"));
    add(registry, LIBRARIES + "uplot/**", Webjars.folderOf("uplot", "package.json"));
    add(registry, DescriptionProperties.PAGE + "**", "classpath:/page/");
  }

  private static void add(ResourceHandlerRegistry registry, String paths, String folder) {
    registry.addResourceHandler(paths).addResourceLocations(folder).setCacheControl(ASK_EACH_TIME);
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry
        .addInterceptor(new ContentPolicy(policy))
        .addPathPatterns("/", DescriptionProperties.PAGE + "**");
  }
}
