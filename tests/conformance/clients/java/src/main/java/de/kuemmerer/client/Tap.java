package de.kuemmerer.client;

import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** One line a check, in the Test Anything Protocol. */
final class Tap {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final int SHOWN = 300;

  /** A check that may throw whatever it likes. */
  interface Act {
    void run() throws Exception;
  }

  /** A call that should be refused. */
  interface Call {
    Object run();
  }

  private Tap() {}

  static void check(String name, Act act) {
    try {
      act.run();
      OUT.println("ok - " + name);
    } catch (Exception | AssertionError | LinkageError reason) {
      String told = (reason.getClass().getSimpleName() + ": " + reason.getMessage()).replaceAll("\\s+", " ");
      OUT.println("not ok - " + name + " # " + told.substring(0, Math.min(SHOWN, told.length())));
    }
  }

  static void hold(boolean fact, Object sentence) {
    if (!fact) {
      throw new IllegalStateException(String.valueOf(sentence));
    }
  }

  /** The refusal, which must be of this kind and carry an OperationOutcome. */
  static <E extends BaseServerResponseException> E refused(Class<E> kind, Call call) {
    try {
      call.run();
    } catch (BaseServerResponseException reason) {
      hold(kind.isInstance(reason), "refused as " + reason.getClass().getSimpleName() + ": " + reason.getMessage());
      hold(reason.getOperationOutcome() != null, "refused without OperationOutcome");
      return kind.cast(reason);
    }
    throw new IllegalStateException("was not refused");
  }
}
