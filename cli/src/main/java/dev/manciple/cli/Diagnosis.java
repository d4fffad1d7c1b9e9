package dev.manciple.cli;

import java.util.Optional;

/**
 * What was found of one thing a command needs.
 *
 * @param remedy what to do; there may be one for something that works as well
 */
record Diagnosis(String subject, boolean healthy, String finding, Optional<String> remedy) {
    static Diagnosis healthy(String subject, String finding) {
        return new Diagnosis(subject, true, finding, Optional.empty());
    }

    static Diagnosis problem(String subject, String finding, String remedy) {
        return new Diagnosis(subject, false, finding, Optional.of(remedy));
    }
}
