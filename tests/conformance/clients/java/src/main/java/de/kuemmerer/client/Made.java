package de.kuemmerer.client;

import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Task;

/** Resources of invented people. */
final class Made {
  static final String NUMBERS = "https://kuemmerer.example/number";
  static final String RUN = "hapi-" + System.currentTimeMillis();

  private Made() {}

  static Patient person(int number, String family) {
    Patient patient = new Patient();
    patient.addIdentifier().setSystem(NUMBERS).setValue(RUN + "-" + number);
    patient.addName().setUse(HumanName.NameUse.OFFICIAL).setFamily(family).addGiven("Änne");
    patient.setGender(AdministrativeGender.FEMALE).setBirthDateElement(new DateType("1938-09-03"));
    return patient;
  }

  static Patient person(int number) {
    return person(number, "Brinkmann");
  }

  /** A site, a referral and its Task, which refer to each other by urn:uuid. */
  static Bundle referral(Reference patient) {
    ServiceRequest order = new ServiceRequest();
    order.setStatus(ServiceRequest.ServiceRequestStatus.ACTIVE).setIntent(ServiceRequest.ServiceRequestIntent.ORDER);
    order.setSubject(patient).setCode(new CodeableConcept().setText("Hilfe zu Hause"));
    Organization site = new Organization().setName("Stelle Senne");
    List<String> urns = List.of("a", "b", "c").stream().map(each -> "urn:uuid:" + java.util.UUID.randomUUID()).toList();
    Task task = new Task();
    task.setStatus(Task.TaskStatus.REQUESTED).setIntent(Task.TaskIntent.ORDER);
    task.setCode(new CodeableConcept(new Coding("http://hl7.org/fhir/CodeSystem/task-code", "fulfill", null)));
    task.setFor(patient).setFocus(new Reference(urns.get(1)));
    task.setRequester(new Reference(urns.get(0))).setOwner(new Reference(urns.get(0)));
    Bundle bundle = new Bundle().setType(Bundle.BundleType.TRANSACTION);
    List<Resource> resources = List.of(site, order, task);
    for (int at = 0; at < resources.size(); at++) {
      Bundle.BundleEntryComponent entry = bundle.addEntry().setFullUrl(urns.get(at)).setResource(resources.get(at));
      entry.getRequest().setMethod(Bundle.HTTPVerb.POST).setUrl(resources.get(at).fhirType());
    }
    return bundle;
  }
}
