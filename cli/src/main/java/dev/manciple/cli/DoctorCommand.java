package dev.manciple.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Checks everything a command needs, from the JVM to each store. */
@Command(
        name = "doctor",
        description = {
            "Check the JVM, the configuration, the definitions, the registry and the stores.",
            "Tells of each in one line, with what to do about a problem."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int INDENT = 25;

    private final Session session;

    DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<Diagnosis> diagnoses = new Examination(session).run();
        if (session.json()) {
            session.printer().json(diagnoses.stream().map(DoctorCommand::tree).toList());
        } else {
            print(diagnoses);
        }
        return diagnoses.stream().allMatch(Diagnosis::healthy) ? 0 : 1;
    }

    /** A remedy that several findings share comes once, after the last of them. */
    private void print(List<Diagnosis> diagnoses) {
        Printer printer = session.printer();
        for (int i = 0; i < diagnoses.size(); i++) {
            Diagnosis diagnosis = diagnoses.get(i);
            String verdict = diagnosis.healthy() ? printer.green("ok     ") : printer.red("PROBLEM");
            String finding = diagnosis.finding().replace("\n", "\n" + " ".repeat(INDENT));
            printer.line("%s  %-14s  %s".formatted(verdict, diagnosis.subject(), finding));
            boolean again =
                    i + 1 < diagnoses.size() && diagnoses.get(i + 1).remedy().equals(diagnosis.remedy());
            if (!again) {
                diagnosis.remedy().ifPresent(remedy -> printer.line("%s→ %s".formatted(" ".repeat(INDENT), remedy)));
            }
        }
    }

    private static Map<String, Object> tree(Diagnosis diagnosis) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("subject", diagnosis.subject());
        tree.put("ok", diagnosis.healthy());
        tree.put("finding", diagnosis.finding());
        diagnosis.remedy().ifPresent(remedy -> tree.put("remedy", remedy));
        return tree;
    }
}
