package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.sluice.testing.GeneratedTable;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The table in docs/clients.md says what {@link ClientRow} says, and tests show all of it. */
@Slow("Reads all tests.")
class ClientTableTest {

  @Test
  void thePageHasTheTable() throws IOException {
    GeneratedTable.assertStands(Path.of("docs", "clients.md"), "clients", ClientRow.table());
  }

  @Test
  void testsShowEveryRow() {
    Set<ClientRow> shown = EnumSet.noneOf(ClientRow.class);
    showing().forEach(method -> shown.addAll(List.of(rowsOf(method))));
    assertThat(shown).containsExactlyInAnyOrder(ClientRow.values());
  }

  @Test
  void onlyTestsWithTheClientsThemselvesShowRows() {
    assertThat(showing().toList())
        .isNotEmpty()
        .allSatisfy(
            method -> {
              assertThat(method.getOwner().getSimpleName()).endsWith("IT");
              assertThat(
                      method.isAnnotatedWith(Test.class)
                          || method.isAnnotatedWith(ParameterizedTest.class))
                  .as("whether %s is a test", method.getFullName())
                  .isTrue();
            });
  }

  private static Stream<JavaMethod> showing() {
    return new ClassFileImporter()
        .importPackagesOf(ClientTableTest.class).stream()
            .map(JavaClass::getMethods)
            .flatMap(Set::stream)
            .filter(method -> method.isAnnotatedWith(Shows.class));
  }

  private static ClientRow[] rowsOf(JavaMethod method) {
    return method.getAnnotationOfType(Shows.class).value();
  }
}
