package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Table TABLE = new Table(
            List.of("NAME", "ROWS"), List.of(false, true), List.of(List.of("a", "12"), List.of("longer", "3")));

    @Test
    void alignsTextLeftAndNumbersRight() {
        assertThat(TABLE.lines(false)).containsExactly("NAME    ROWS", "a         12", "longer     3");
    }

    @Test
    void rulesOnATerminal() {
        assertThat(TABLE.lines(true)).element(1).isEqualTo("──────  ────");
    }

    @Test
    void keepsValuesOnTheirLineAndFreeOfControlCharacters() {
        Table table = Table.of(List.of("A"), List.of(List.of("two\nlines\u001b[2J")));
        assertThat(table.lines(false)).containsExactly("A", "two lines [2J");
    }
}
