package dev.sluice.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Which keys below sluice. stop the start, and what is said of them. */
@ExtendWith(OutputCaptureExtension.class)
class UnknownKeysTest {

  private static final String VARIABLES =
      StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

  @ConfigurationProperties("sluice.door")
  private record Door(int port, String advertisedHost, Lock lock, List<String> guests) {}

  private record Lock(String mode, Map<String, String> keysByOwner) {}

  private final StandardEnvironment environment = new StandardEnvironment();
  private final DefaultListableBeanFactory factory = new DefaultListableBeanFactory();

  /** Whoever runs the tests may have some. */
  @BeforeEach
  void noVariables() {
    setVariables(Map.of());
  }

  private void add(PropertySource<?> source) {
    environment.getPropertySources().addFirst(source);
  }

  private void setVariables(Map<String, Object> variables) {
    environment
        .getPropertySources()
        .replace(VARIABLES, new SystemEnvironmentPropertySource(VARIABLES, variables));
  }

  private void check() {
    factory.registerBeanDefinition(
        "sluice.door-" + Door.class.getName(), new RootBeanDefinition(Door.class));
    ConfigurationPropertySources.attach(environment);
    UnknownKeys check = new UnknownKeys();
    check.setEnvironment(environment);
    check.postProcessBeanFactory(factory);
  }

  private UnusableConfigurationException refusal() {
    return catchThrowableOfType(UnusableConfigurationException.class, this::check);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sluice.door.port",
        "sluice.door.advertised-host",
        "sluice.door.advertisedHost",
        "sluice.door.advertised_host",
        "SLUICE.DOOR.PORT",
        "sluice.door.lock.mode",
        "sluice.door.guests",
        "sluice.door.guests[0]",
        "sluice.door.guests[12]",
        "sluice.door.lock.keys-by-owner.anybody",
        "sluice.door.lock.keys-by-owner[any.body]",
        "sluices.door.prot",
        "spring.sluice.door.prot",
      })
  void aKeyThatIsBound(String key) {
    add(new MapPropertySource("more", Map.of(key, "1")));

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "sluice.door.prot, sluice.door.port, 'sluice.door.advertised-host, sluice.door.guests'",
    "sluice.door.lock.modee, sluice.door.lock.mode, 'sluice.door.lock.keys-by-owner, sluice.door.lock.mode'",
    "sluice.lock.mode, sluice.door.lock.mode, sluice.door",
    "sluice.door.advertised.host, sluice.door.advertised-host, 'sluice.door.lock, sluice.door.port'",
    "sluice.door.advertised-host.name, sluice.door.advertised-host, sluice.door.lock",
    "sluice.door.guests.first, sluice.door.guests, sluice.door.lock",
    "sluice.door.port[0], sluice.door.port, sluice.door.lock",
    "sluice.door.lock, sluice.door.lock.mode, 'sluice.door.lock.keys-by-owner, sluice.door.lock.mode'",
    "sluice.dor.port, sluice.door.port, sluice.door",
  })
  void aKeyThatIsNotStopsTheStartWithTheNearest(String key, String nearest, String expected) {
    add(new MapPropertySource("more", Map.of(key, "a secret")));

    UnusableConfigurationException refusal = refusal();

    assertThat(refusal).hasMessageContaining(key).hasMessageContaining("property source \"more\"");
    assertThat(refusal.remedy())
        .contains("Instead of " + key + ": the nearest key is " + nearest + " (")
        .contains(expected);
    assertThat(refusal.getMessage() + refusal.remedy()).doesNotContain("a secret");
  }

  @Test
  void theCommandLineIsNamedAsTheOrigin() {
    add(new SimpleCommandLinePropertySource("--sluice.door.prot=1"));

    assertThat(refusal()).hasMessageContaining("commandLineArgs");
  }

  @Test
  void aFileIsNamedWithTheLine() throws Exception {
    byte[] yaml = "sluice:\n  door:\n    port: 1\n    lock: {moed: none}\n".getBytes();
    add(
        new YamlPropertySourceLoader()
            .load("a file", new ByteArrayResource(yaml, "application.yml"))
            .getFirst());

    assertThat(refusal()).hasMessageContaining("sluice.door.lock.moed").hasMessageContaining("4:");
  }

  @Test
  void aSectionOfAFileMayBeEmpty() throws Exception {
    byte[] yaml = "sluice:\n  door:\n    lock:\n".getBytes();
    add(new YamlPropertySourceLoader().load("a file", new ByteArrayResource(yaml)).getFirst());

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void allOfThemAreToldAtOnce() {
    add(new MapPropertySource("more", Map.of("sluice.door.prot", "1", "sluice.window", "2")));
    setVariables(Map.of("SLUICE_DOOR_LOKC", "3"));

    assertThat(refusal())
        .hasMessageContaining("sluice.door.prot")
        .hasMessageContaining("sluice.window")
        .hasMessageContaining("SLUICE_DOOR_LOKC");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SLUICE_DOOR_PORT",
        "SLUICE_DOOR_ADVERTISEDHOST",
        "SLUICE_DOOR_ADVERTISED_HOST",
        "SLUICE_DOOR_LOCK_MODE",
        "SLUICE_DOOR_GUESTS",
        "SLUICE_DOOR_GUESTS_0",
        "SLUICE_DOOR_GUESTS_0_",
        "SLUICE_DOOR_LOCK_KEYSBYOWNER_ANYBODY",
        "sluice_door_port",
        "sluice.door.advertised-host",
        "SLUICER_DOOR_PROT",
        "MY_SLUICE_DOOR_PROT",
      })
  void aVariableThatIsBound(String variable) {
    setVariables(Map.of(variable, "1"));

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void bothNamesOfAVariableMayBeThere() {
    setVariables(Map.of("SLUICE_DOOR_ADVERTISEDHOST", "a", "SLUICE_DOOR_ADVERTISED_HOST", "b"));

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SLUICE_DOOR_LOCK_MODEE",
        "SLUICE_DOORPORT",
        "SLUICE_DOOR_PORT_0",
        "SLUICE_DOOR__LOCK_MOED",
        "sluice_door_prot",
        "sluice.door.prot",
        "SLUICE_LOCK_MODE",
      })
  void aVariableThatIsNotStopsTheStart(String variable) {
    setVariables(Map.of(variable, "1"));

    UnusableConfigurationException refusal = refusal();

    assertThat(refusal).hasMessageContaining("environment variable " + variable);
    assertThat(refusal.remedy()).containsPattern("SLUICE_DOOR_(PORT|LOCK_MODE) in the environment");
  }

  @ParameterizedTest
  @CsvSource({
    "SLUICE_SERVICE_HOST, 10.96.0.7",
    "SLUICE_SERVICE_PORT, 8080",
    "SLUICE_SERVICE_PORT_HTTP, 8080",
    "SLUICE_PORT, tcp://10.96.0.7:8080",
    "SLUICE_PORT_10809_TCP, tcp://10.96.0.7:10809",
    "SLUICE_PORT_10809_TCP_PROTO, tcp",
    "SLUICE_PORT_10809_TCP_PORT, 10809",
    "SLUICE_PORT_10809_TCP_ADDR, 10.96.0.7",
    "SLUICE_DEMO_SERVICE_HOST, 10.96.0.7",
    "SLUICE_DEMO_SERVICE_PORT_NBD, 10809",
    "SLUICE_DEMO_PORT, tcp://10.96.0.7:8080",
    "SLUICE_DEMO_PORT_10809_TCP_ADDR, 10.96.0.7",
  })
  void theVariablesOfAKubernetesServiceAreNobodysMistake(String variable, String value) {
    setVariables(Map.of(variable, value));

    assertThatCode(this::check).doesNotThrowAnyException();
  }

  @Test
  void aPortThatIsNoServicesIsAMistake() {
    setVariables(Map.of("SLUICE_DEMO_PORT", "8080"));

    assertThat(refusal()).hasMessageContaining("SLUICE_DEMO_PORT");
  }

  /** Of one word, or of the command line. */
  @ParameterizedTest
  @ValueSource(
      strings = {"SLUICE_HOME", "SLUICE_URL", "SLUICE_TOKEN", "SLUICE_TOKEN_FILE", "SLUICE_CA"})
  void aVariableOfSomebodyElseIsLogged(String variable, CapturedOutput output) {
    setVariables(Map.of(variable, "/opt/sluice"));

    assertThatCode(this::check).doesNotThrowAnyException();

    assertThat(output).contains(variable).doesNotContain("/opt/sluice");
  }
}
