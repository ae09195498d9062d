// The key stands behind the # of the link, which no browser sends anywhere. It goes into the form, and out of the history.
"use strict";
const key = location.hash.slice(1);
if (/^[a-z2-7]{32}$/i.test(key)) {
  document.getElementById("key").value = key;
  document.getElementById("key-field").hidden = true;
  history.replaceState(null, "", location.pathname);
}
