package dev.sluice.page;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Pictures of the page. They are in {@code target/pictures}; with {@code
 * -Dpage.pictures=docs/images} they become those of the documents.
 */
final class Pictures {

  private static final Path FOLDER =
      Path.of(System.getProperty("page.pictures", "target/pictures"));

  private Pictures() {}

  /** One of what a page shows now, in both colour schemes. */
  static void take(Page page, String name) {
    for (ColorScheme scheme : Browser.SCHEMES) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(
                  FOLDER.resolve(
                      "%s-%s.png".formatted(name, scheme.name().toLowerCase(Locale.ROOT))))
              .setFullPage(true));
    }
  }
}
