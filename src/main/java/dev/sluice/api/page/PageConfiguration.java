package dev.sluice.api.page;

import java.net.URI;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the files of the page, with their Content-Security-Policy. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PageProperties.class)
class PageConfiguration implements WebMvcConfigurer {

  private static final String LIBRARIES = DescriptionProperties.PAGE + "lib/";

  /** The files may change with any upgrade. */
  private static final CacheControl ASK_EACH_TIME = CacheControl.noCache();

  private final String policy;

  PageConfiguration(PageProperties page) {
    PageProperties.OpenId openid = page.openid();
    policy = policy(openid == null ? "" : " " + origin(openid.issuer()));
  }

  /**
   * Permits scripts and styles of this origin only, and none inline.
   *
   * @param provider a space and the origin of an OpenID provider; empty for none
   */
  private static String policy(String provider) {
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        + " connect-src 'self'"
        + provider
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  /**
   * Returns the origin of a provider, from which the page requests its configuration and a token.
   */
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
