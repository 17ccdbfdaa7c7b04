package dev.sluice.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.sluice.access.OpenIdProvider;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page of a service that asks for tokens, behind a prefix. */
@Timeout(180)
class PageAccessIT {

  private static final String OPERATOR = "operators-token-0001";
  private static final String VIEWER = "a-viewers-token-0001";

  private static Browser browser;
  private static OpenIdProvider provider;
  private static OwnService sluice;

  @BeforeAll
  static void start() throws Exception {
    browser = new Browser();
    provider = new OpenIdProvider();
    provider.signIn("page", List.of("operator"));
    String jwt = "spring.security.oauth2.resourceserver.jwt.";
    sluice =
        OwnService.with(
            "server.servlet.context-path=/disks",
            jwt + "issuer-uri=" + provider.issuer(),
            jwt + "audiences=sluice",
            "sluice.page.openid.issuer=" + provider.issuer(),
            "sluice.page.openid.client-id=page",
            "sluice.security.tokens=%s,viewer:%s".formatted(OPERATOR, VIEWER));
  }

  @AfterAll
  static void stop() {
    try (Browser _ = browser;
        OpenIdProvider _ = provider;
        OwnService _ = sluice) {
      // All, whatever becomes of the others.
    }
  }

  private static Page open() {
    Page page = browser.open();
    page.navigate("http://127.0.0.1:" + sluice.port() + "/disks/");
    assertThat(page.locator("h1")).hasText("Sign in");
    return page;
  }

  private static void click(Page page, String button) {
    Browser.button(page, button).click();
  }

  private static void signIn(Page page, String token) {
    page.getByLabel("Token").fill(token);
    click(page, "Sign in");
  }

  @Test
  void aWrongTokenIsRefusedAndARightOneActs() {
    Page page = open();
    Browser.assertAccessible(page);
    signIn(page, "a-wrong-token-00001");
    assertThat(page.locator("#token-problem")).not().isEmpty();
    assertThat(page.getByLabel("Token")).hasAttribute("aria-invalid", "true");
    Pictures.take(page, "sign-in");

    signIn(page, OPERATOR);
    assertThat(page.locator("#connection")).hasText("live");
    assertThat(page.locator("nav")).containsText("operator");
    Browser.link(page, "Make one").click();
    page.getByLabel("Name").fill("mine");
    page.getByLabel("Path").fill(sluice.root().resolve("mine").toString());
    assertThat(page.locator("form code")).containsText("-H \"Authorization: Bearer $TOKEN\"");
    click(page, "Make it");
    assertThat(page.locator("h1")).containsText("mine");

    assertThat(page.url()).doesNotContain(OPERATOR);
    assertThat(page.context().cookies()).isEmpty();
    assertThat(page.content()).doesNotContain(OPERATOR);
    page.reload();
    assertThat(page.locator("h1")).containsText("mine");
    Page other = page.context().newPage();
    other.navigate(page.url());
    assertThat(other.locator("h1")).hasText("Sign in");

    click(page, "Delete …");
    click(page, "Delete mine");
    assertThat(page.locator("main")).containsText("There is no export.");
    click(page, "Sign out");
    assertThat(page.locator("h1")).hasText("Sign in");
    assertThat(page.locator("#token-problem")).isEmpty();
    page.context().close();
  }

  @Test
  void aViewerSeesAndDoesNothing() {
    RestClient operator = RestClient.of(sluice, OPERATOR);
    assertThat(
            operator
                .send(
                    "POST",
                    "/disks/exports",
                    "{\"name\":\"seen\",\"direction\":\"write\",\"peer\":\"http\"}")
                .status())
        .isEqualTo(201);
    String id = operator.get("/disks/exports/seen").text("id");

    Page page = open();
    signIn(page, VIEWER);
    assertThat(page.locator("#connection")).hasText("live");
    assertThat(page.locator("nav")).containsText("viewer");
    assertThat(page.locator("tbody th a")).hasText(id);
    assertThat(page.locator("nav")).not().containsText("Make one");
    page.locator("tbody th a").click();
    assertThat(page.locator("h1")).containsText(id);
    assertThat(page.locator(".events li")).hasCount(1);
    assertThat(page.locator(".actions")).hasCount(0);
    assertThat(page.locator("main")).not().containsText("seen");
    Browser.assertAccessible(page);
    Pictures.take(page, "viewer");
    page.context().close();
    assertThat(operator.delete("/disks/exports/seen").status()).isEqualTo(204);
  }

  @Test
  void aProviderSignsPeopleIn() {
    Page page = open();
    click(page, "Sign in at " + provider.issuer().replace("http://", ""));

    assertThat(page.locator("#connection")).hasText("live");
    assertThat(page.locator("nav")).containsText("operator");
    assertThat(page).hasURL(Pattern.compile(".*/disks/(#.*)?$"));
    assertThat(page.context().cookies()).isEmpty();
    page.context().close();
  }

  /** Whoever sends somebody here with a code of their own must not sign them in. */
  @Test
  void aCodeThatNobodyAskedForIsRefused() {
    Page page = browser.open();
    page.navigate("http://127.0.0.1:" + sluice.port() + "/disks/?code=stolen&state=foreign");

    assertThat(page.locator("h1")).hasText("Sign in");
    assertThat(page.locator("#token-problem")).containsText("not begun in this tab");
    assertThat(page).hasURL(Pattern.compile(".*/disks/$"));
    page.context().close();
  }
}
