// The key stands behind the # of the link, which no browser sends anywhere. It goes into the form, and out of the history.
"use strict";
const field = document.getElementById("key");
const whole = /^[a-z2-7]{32}$/i;
const key = location.hash.slice(1);
if (whole.test(key)) {
  field.value = key;
  history.replaceState(null, "", location.pathname);
}
document.getElementById("key-field").hidden = whole.test(field.value);
