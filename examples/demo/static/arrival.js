// Runs before the web tag, which takes the handoff token out of the address. Who came by a link of the other site said yes there.
window.customerProfile ||= [];
try {
  // Of the club: so that this page is already captured as the member's.
  const login = JSON.parse(sessionStorage.getItem('login'));
  if (login !== null) window.customerProfile.push(['login', login.token]);
} catch {
  // Without storage nobody is logged in yet.
}
if (/[?&]ct=/.test(location.search)) {
  try {
    localStorage.setItem('remember', 'yes');
  } catch {
    // Without storage, the next page asks again.
  }
  window.customerProfile.push(['consent', true]);
}
