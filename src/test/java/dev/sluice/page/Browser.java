package dev.sluice.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.testing.Peers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Chromium without a screen. Everything that its pages complain about is kept. */
final class Browser implements AutoCloseable {

  private static final String CHROMIUM = "/usr/bin/chromium";

  /** So that it asks for nothing but what a page asks for. */
  private static final List<String> QUIET =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  /** It says so of each request that is refused; the page says so better. */
  private static final String REFUSED =
      "Failed to load resource: the server responded with a status of 4";

  /** The last one is that of {@link #open()}. */
  static final List<ColorScheme> SCHEMES = List.of(ColorScheme.DARK, ColorScheme.LIGHT);

  /** Longer than the page pauses before it tries again. */
  private static final double PATIENCE_MILLIS = 30_000;

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  Browser() {
    String driver = Objects.requireNonNullElse(System.getenv("SLUICE_PLAYWRIGHT"), "none");
    Peers.require("chromium", "node");
    Peers.requireFile(Path.of(driver, "package/cli.js"), "there is no Playwright (.ci/prepare)");
    System.setProperty("playwright.cli.dir", driver);
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    chromium =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Path.of(CHROMIUM))
                    .setArgs(QUIET));
  }

  /** Opens an empty tab on a screen of this size, with nothing kept from others. */
  Page open(int width, int height, ColorScheme scheme) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setLocale("en-GB")
                .setTimezoneId("UTC")
                .setColorScheme(scheme));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          boolean complains = message.type().equals("error") || message.type().equals("warning");
          if (complains && !message.text().startsWith(REFUSED)) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.onRequest(request -> requests.add(request.url()));
    return page;
  }

  /** Opens an empty tab as most people have it. */
  Page open() {
    return open(1280, 640, ColorScheme.LIGHT);
  }

  /** The one button with this name. */
  static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** The one link with this name. */
  static Locator link(Page page, String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** What pages complained about since this was asked last. */
  List<String> complaints() {
    List<String> all = List.copyOf(complaints);
    complaints.clear();
    return all;
  }

  /** What was asked for, ever. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Nothing keeps people from using the page who cannot see it, or who see little. */
  static void assertAccessible(Page page) {
    for (ColorScheme scheme : SCHEMES) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      assertThat(new AxeBuilder(page).analyze().getViolations())
          .as("%s in colours that are %s", page.url(), scheme)
          .extracting(
              rule ->
                  rule.getId()
                      + rule.getNodes().stream().map(node -> "\n" + node.getHtml()).toList())
          .isEmpty();
    }
  }

  @Override
  public void close() {
    playwright.close();
  }
}
