// The trial page: sends what is typed to the trial's phone, passes remote keys to the television, and shows the records live.
(function () {
  'use strict';
  var $ = function (id) { return document.getElementById(id); };
  var chat = $('chat'), words = $('words'), seen = 0, waiting = 0, known = {}, first = true;

  function make(tag, name, text) {
    var node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function show(message) {
    var near = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 160;
    chat.appendChild(make('li', message.kind, message.text));
    if (near || message.kind === 'mine') chat.scrollTop = chat.scrollHeight;
  }

  function post(path, body) {
    return fetch(path, {
      method: 'POST', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-Onestop-Trial': '1' },
      body: JSON.stringify(body || {})
    }).then(function (answer) {
      return answer.json().catch(function () { return {}; }).then(function (data) {
        if (!answer.ok) throw new Error(data.detail || '服务没有应答（' + answer.status + '）');
        return data;
      });
    });
  }

  function busy(step) {
    waiting += step;
    $('typing').hidden = waiting === 0;
  }

  function trouble(wrong) { show({ kind: 'trouble', text: wrong.message || '连不上服务' }); }

  function say(text) {
    busy(1);
    return post('/trial/wechat/say', { text: text }).then(refresh).catch(trouble).then(function () { busy(-1); });
  }

  $('say').addEventListener('submit', function (event) {
    event.preventDefault();
    var text = words.value.trim();
    if (!text) return;
    words.value = '';
    say(text);
  });

  $('hints').addEventListener('click', function (event) {
    var text = event.target.getAttribute('data-say');
    if (text) say(text);
  });

  $('anew').addEventListener('click', function () {
    post('/trial/wechat/anew').then(function () { chat.textContent = ''; seen = 0; return refresh(); }).catch(trouble);
  });

  // ---- television: the frame is ours, so keys are dispatched straight into it, as a set-top box would
  var frame = $('tv'), screen = $('screen');

  function fit() { frame.style.transform = 'scale(' + screen.clientWidth / 1280 + ')'; }
  window.addEventListener('resize', fit);
  fit();

  var NAMES = { 37: 'ArrowLeft', 38: 'ArrowUp', 39: 'ArrowRight', 40: 'ArrowDown', 13: 'Enter', 8: 'Backspace' };

  function press(code) {
    var inside = frame.contentWindow, page = frame.contentDocument;
    if (!page) return;
    var event = new inside.KeyboardEvent('keydown', { key: NAMES[code] || String.fromCharCode(code), keyCode: code, which: code, bubbles: true, cancelable: true });
    var target = page.activeElement || page.body;
    var untouched = target.dispatchEvent(event);
    // a made event has no effect of its own: what the browser would have done with OK is done here
    if (untouched && code === 13 && target.click) target.click();
  }

  $('remote').addEventListener('click', function (event) {
    var code = event.target.getAttribute('data-key');
    if (code) press(Number(code));
  });
  $('tv-home').addEventListener('click', function () { frame.src = '/tv'; });
  screen.addEventListener('click', function () { frame.contentWindow.focus(); });

  // ---- hotline
  document.addEventListener('click', function (event) {
    var secret = event.target.getAttribute && event.target.getAttribute('data-secret');
    if (secret) event.target.replaceWith(make('code', '', secret));
  });

  // ---- records and health
  var TONE = { approved: 'good', delivered: 'good', refused: 'bad', withdrawn: 'bad', supplement: 'busy' };

  function caseItem(one) {
    var item = make('li'), head = make('div', 'case-head'), moves = make('div', 'moves');
    head.appendChild(make('b', '', one.item));
    head.appendChild(make('span', 'chip ' + (TONE[one.state] || ''), one.state_name));
    item.appendChild(head);
    item.appendChild(make('div', 'case-line', '办件 ' + one.number + '　' + one.channel + '　' + one.when));
    one.moves.forEach(function (move) {
      var button = make('button', '', move.name);
      button.type = 'button';
      button.addEventListener('click', function () {
        button.disabled = true;
        post('/trial/cases/' + one.id + '/move', { to: move.to, state: one.state }).then(refresh).catch(function (wrong) {
          window.alert(wrong.message);
          refresh();
        });
      });
      moves.appendChild(button);
    });
    if (one.moves.length) item.appendChild(moves);
    var mark = one.state + one.when;
    if (!first && known[one.id] !== mark) item.className = 'fresh';
    known[one.id] = mark;
    return item;
  }

  var drawn = {};
  function draw(name, value, paint) {
    var text = JSON.stringify(value);
    if (drawn[name] === text) return;  // leaves buttons alone while somebody is aiming at them
    drawn[name] = text;
    paint(value);
  }

  function paintCases(cases) {
    var list = $('cases');
    list.textContent = '';
    cases.forEach(function (one) { list.appendChild(caseItem(one)); });
    $('no-cases').hidden = cases.length > 0;
    first = false;
  }

  function paintHealth(parts) {
    var list = $('health');
    list.textContent = '';
    parts.forEach(function (part) {
      var item = make('li');
      var dot = make('span', 'dot ' + part.state);
      dot.title = part.state;
      item.appendChild(dot);
      item.appendChild(make('span', '', part.title));
      item.appendChild(make('span', 'why', part.text));
      list.appendChild(item);
      document.querySelectorAll('[data-part="' + part.name + '"]').forEach(function (mark) { mark.className = 'dot ' + part.state; });
      if (part.name === 'asterisk') {
        $('hotline-off').hidden = part.state === 'ok';
        $('hotline-off').textContent = '电话现在打不通：' + part.text + '。微信和电视照常可用。';
      }
    });
  }

  function refresh() {
    return fetch('/trial/state?after=' + seen, { credentials: 'same-origin', cache: 'no-store' }).then(function (answer) {
      if (!answer.ok) throw new Error('服务没有应答（' + answer.status + '）');
      return answer.json();
    }).then(function (state) {
      state.messages.forEach(function (message) {
        if (message.id > seen) { seen = message.id; show(message); }
      });
      draw('cases', state.cases, paintCases);
      draw('health', state.parts, paintHealth);
      document.body.removeAttribute('data-lost');
    });
  }

  function tick() {
    var next = function () { window.setTimeout(tick, document.hidden ? 6000 : 1500); };
    refresh().then(next, function () {
      if (!document.body.hasAttribute('data-lost')) trouble(new Error('和服务断开了，正在重新连接…'));
      document.body.setAttribute('data-lost', '');
      next();
    });
  }

  post('/trial/wechat/open').catch(trouble).then(tick);
})();
