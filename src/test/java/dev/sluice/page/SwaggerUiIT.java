package dev.sluice.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.sluice.testing.OwnService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Swagger UI in a real browser. */
@Timeout(120)
class SwaggerUiIT {

  @Test
  void itShowsTheDescriptionAndSendsRequests() {
    try (Browser browser = new Browser();
        OwnService sluice = OwnService.with("sluice.description.ui=true")) {
      Page page = browser.open();
      page.navigate("http://127.0.0.1:" + sluice.port() + "/swagger-ui/index.html");
      assertThat(page.locator(".info .title")).containsText("Sluice");

      page.locator("#operations-exports-listExports .opblock-summary-control").click();
      page.locator("#operations-exports-listExports .try-out__btn").click();
      page.locator("#operations-exports-listExports .execute").click();
      assertThat(page.locator("#operations-exports-listExports .live-responses-table"))
          .containsText("\"exports\": []");
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
