// The remote control on our pages. ES5 only; checked by a parser in the tests. Without this script every item is still a link.
// The server says which item is where (data-nav: left, up, right, down), which keys pick it (data-key) and which is marked first.
(function () {
  var d = document, set = window.ONESTOP, on = null, busy = null, typed = [], sawDown = false, idle = 0;
  var BEGIN = '<!--screen-->', FINISH = '<!--/screen-->', WAYS = { left: 0, up: 1, right: 2, down: 3 };

  function id(name) { return d.getElementById(name); }
  function data(element, name) { return (element && element.getAttribute('data-' + name)) || ''; }
  function items() { return id('screen').getElementsByTagName('a'); }

  function find(key) {
    var all = items(), i;
    for (i = 0; i < all.length; i += 1) {
      if ((' ' + data(all[i], 'key') + ' ').indexOf(' ' + key + ' ') >= 0) { return all[i]; }
    }
    return null;
  }

  function unmark(name) {
    var all = items(), i;
    for (i = 0; i < all.length; i += 1) { all[i].className = (' ' + all[i].className + ' ').replace(' ' + name + ' ', ' '); }
  }

  function mark(item) {
    if (!item || item === on) { return; }
    unmark('on');
    on = item;
    item.className += ' on';
    try { item.focus(); } catch (ignore) { on = item; }
  }

  function notice(text) {
    var box = id('notice');
    while (box.firstChild) { box.removeChild(box.firstChild); }
    if (text) {
      box.appendChild(d.createElement('span'));
      box.firstChild.appendChild(d.createTextNode(text));
    }
  }

  function show(page) {
    var from = page.indexOf(BEGIN), to = page.indexOf(FINISH);
    if (from < 0 || to < from) { return false; }
    id('screen').innerHTML = page.substring(from, to);
    on = null;
    mark(id(data(id('view'), 'focus')) || items()[0]);
    return true;
  }

  // Follows a link without leaving the page, so that the browser's history stays as short as it was. If nobody answers, the screen stays
  // and says so: the same link can be followed again without being counted twice.
  function follow(item) {
    var request = new XMLHttpRequest(), clock;
    function done(good) {
      if (busy !== request) { return; }
      busy = null;
      clearTimeout(clock);
      unmark('pressed');
      if (!good || !show(request.responseText)) {
        typed = [];
        notice(set.none);
        return;
      }
      if (!/ key /.test(' ' + (on ? on.className : '') + ' ')) { typed = []; }
      if (typed.length) { press(typed.shift()); }
    }
    busy = request;
    item.className += ' pressed';
    clock = setTimeout(function () { done(false); request.abort(); }, set.answer);
    setTimeout(function () { if (busy === request) { notice(set.working); } }, 800);
    request.onreadystatechange = function () { if (request.readyState === 4) { done(request.status > 0); } };
    try {
      request.open('POST', item.href, true);
      request.send(null);
    } catch (error) { done(false); }
  }

  function go(item) {
    if (!item) { return; }
    mark(item);
    if (data(item, 'outside')) { location.href = item.href; return; }
    if (!busy) { follow(item); }
  }

  function press(key) {
    var item;
    if (WAYS.hasOwnProperty(key)) {
      if (!on) { mark(items()[0]); }
      mark(id(data(on, 'nav').split(',')[WAYS[key]]));
      return;
    }
    item = key === 'ok' ? on : find(key);
    if (!item) { return; }
    if (busy) {
      // Somebody types faster than the network: keypad keys wait for their turn, anything else was meant for the screen that goes.
      if (/(^| )key( |$)/.test(item.className) && typed.length < 20) { typed.push(key === 'ok' ? data(item, 'key').split(' ')[0] : key); }
      return;
    }
    go(item);
  }

  function warned() { return id('warn').style.display === 'block'; }

  // For a key of the remote by its name; the trial page's on-screen remote calls it.
  window.onestopKey = function (key) {
    idle = 0;
    if (warned()) { id('warn').style.display = 'none'; return; }
    press(key);
  };

  function pressed(event) {
    var e = event || window.event, code = e.which || e.keyCode, key = set.keys[code];
    if (code === 768) { return true; }
    if (key) { window.onestopKey(key); } else if (warned()) { window.onestopKey(''); } else { idle = 0; return true; }
    if (e.preventDefault) { e.preventDefault(); }
    e.returnValue = false;
    return false;
  }

  d.onkeydown = function (event) { sawDown = true; return pressed(event); };
  d.onkeypress = function (event) { return sawDown ? true : pressed(event); };
  d.onirkeypress = d.onkeypress;

  d.onclick = function (event) {
    var e = event || window.event, item = e.target || e.srcElement;
    while (item && item.nodeName !== 'A') { item = item.parentNode; }
    if (!item) { return true; }
    idle = 0;
    go(item);
    return false;
  };
  if (d.addEventListener) {
    d.addEventListener('focus', function (event) { if (event.target && event.target.nodeName === 'A') { mark(event.target); } }, true);
  }

  // Seconds are counted while the page runs: a box that froze the page and comes back shows it as it was, and the warning before the wipe.
  setInterval(function () {
    var wipe = data(id('view'), 'wipe'), left;
    if (!wipe) { idle = 0; return; }
    idle += 1;
    left = set.idle - idle;
    if (left <= 0) {
      id('view').setAttribute('data-wipe', '');
      location.replace(wipe);
      return;
    }
    if (left <= set.warn) {
      id('left').innerHTML = String(left);
      id('warn').style.display = 'block';
    }
  }, 1000);

  window.onpageshow = function (event) { if (event && event.persisted) { location.reload(); } };
  d.body.className = '';
  mark(id(data(id('view'), 'focus')) || items()[0]);
}());
